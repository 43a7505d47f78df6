namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.flatten(start_dim, end_dim);

    /// <summary>Other shapes of the same elements, and copies.</summary>
    public partial class Tensor
    {
        /// <summary>The same memory in another shape; one size may be -1.</summary>
        public Tensor reshape(params long[] shape)
        {
            var target = Infer(shape);
            var source = this.shape;
            return Node.Record("reshape", View(0, target), [], (this, (g, _) => g.reshape(source)));
        }

        /// <inheritdoc cref="reshape"/>
        public Tensor view(params long[] shape) => reshape(shape);

        private long[] Infer(long[] shape)
        {
            var free = Array.IndexOf(shape, -1);
            long known = 1;
            for (var i = 0; i < shape.Length; i++)
                if (i != free)
                    known *= shape[i] >= 0 ? shape[i] : throw new ArgumentException($"reshape: {Shape.Text(shape)} is not a shape");
            if (free < 0 ? known != NumberOfElements : known == 0 || NumberOfElements % known != 0)
                throw new ArgumentException(
                    $"reshape: shape {Shape.Text(shape)} does not fit a tensor of shape {Shape.Text(sizes)} "
                    + $"with {NumberOfElements} elements");
            return free < 0 ? (long[])shape.Clone() : Shape.With(shape, free, NumberOfElements / known);
        }

        /// <summary>One dimension in place of <paramref name="start_dim"/> to <paramref name="end_dim"/>, on the same memory.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            if (sizes.Length == 0)
                return reshape(1);
            var (start, end) = (Shape.Dimension("flatten", start_dim, sizes.Length), Shape.Dimension("flatten", end_dim, sizes.Length));
            if (start > end)
                throw new ArgumentException($"flatten: start_dim {start_dim} comes after end_dim {end_dim}");
            return reshape([.. sizes[..start], Shape.Product(sizes.AsSpan(start..(end + 1))), .. sizes[(end + 1)..]]);
        }

        public Tensor squeeze(long? dim = null) => reshape(dim is { } d
            ? sizes.Length > 0 && sizes[Shape.Dimension("squeeze", d, sizes.Length)] == 1
                ? Shape.Without(sizes, Shape.Dimension("squeeze", d, sizes.Length)) : sizes
            : [.. sizes.Where(s => s != 1)]);

        public Tensor unsqueeze(long dim)
        {
            var at = Shape.Dimension("unsqueeze", dim, sizes.Length + 1);
            return reshape([.. sizes[..at], 1, .. sizes[at..]]);
        }

        /// <summary>Two dimensions exchanged. Copies, where PyTorch shares memory.</summary>
        public Tensor transpose(long dim0, long dim1)
        {
            var order = Enumerable.Range(0, sizes.Length).Select(i => (long)i).ToArray();
            var (a, b) = (Shape.Dimension("transpose", dim0, sizes.Length), Shape.Dimension("transpose", dim1, sizes.Length));
            (order[a], order[b]) = (order[b], order[a]);
            return permute(order);
        }

        /// <summary>The transpose of a matrix. Copies, where PyTorch shares memory.</summary>
        public Tensor t() => sizes.Length == 2 ? transpose(0, 1)
            : sizes.Length < 2 ? reshape(sizes)
            : throw new ArgumentException($"t: expected at most 2 dimensions, got shape {Shape.Text(sizes)}");

        /// <summary>The dimensions in another order. Copies, where PyTorch shares memory.</summary>
        public Tensor permute(params long[] permutation)
        {
            var order = Array.ConvertAll(permutation, d => Shape.Dimension("permute", d, sizes.Length));
            if (order.Length != sizes.Length || order.Distinct().Count() != order.Length)
                throw new ArgumentException(
                    $"permute: {Shape.Text(permutation)} is not an order of the dimensions of shape {Shape.Text(sizes)}");
            var inverse = new long[order.Length];
            for (var i = 0; i < order.Length; i++)
                inverse[order[i]] = i;
            var strides = Shape.Strides(sizes);
            return Node.Record(
                "permute", Gather("permute", Array.ConvertAll(order, d => sizes[d]), Array.ConvertAll(order, d => (int)strides[d])), [],
                (this, (g, _) => g.permute(inverse)));
        }

        /// <summary>
        /// Dimensions of size 1 repeated to <paramref name="sizes"/>; -1 keeps a size. Copies, where PyTorch shares memory.
        /// </summary>
        public Tensor expand(params long[] sizes)
        {
            var extra = sizes.Length - this.sizes.Length;
            var target = sizes.Select((s, i) => s == -1 && i >= extra ? this.sizes[i - extra] : s).ToArray();
            if (target.AsSpan().SequenceEqual(this.sizes))
                return this;
            if (extra < 0 || !Shape.Broadcast("expand", this.sizes, target).AsSpan().SequenceEqual(target))
                throw new ArgumentException($"expand: shape {Shape.Text(this.sizes)} does not expand to {Shape.Text(sizes)}");
            var source = shape;
            return Node.Record("expand", Gather("expand", target, Shape.BroadcastStrides(this.sizes, target)), [],
                (this, (g, _) => g.sum_to_size(source)));
        }

        /// <summary>The tensor laid side by side, so many times along each dimension; more numbers than dimensions give new ones in front.</summary>
        public Tensor repeat(params long[] sizes)
        {
            if (sizes.Length < this.sizes.Length || sizes.Any(s => s < 0))
                throw new ArgumentException(
                    $"repeat: expected a number of 0 or more for each dimension of shape {Shape.Text(this.sizes)}, got {Shape.Text(sizes)}");
            long[] source = [.. Enumerable.Repeat(1L, sizes.Length - this.sizes.Length), .. this.sizes];
            return reshape([.. source.SelectMany(size => new[] { 1, size })])
                .expand([.. source.Zip(sizes, (size, times) => new[] { times, size }).SelectMany(pair => pair)])
                .reshape([.. source.Zip(sizes, (size, times) => size * times)]);
        }

        public Tensor expand_as(Tensor other) => expand(other.shape);

        /// <summary>A copy of the elements; gradients pass through.</summary>
        public Tensor clone()
        {
            var copy = Empty("clone", sizes, dtype);
            copy.CopyFrom(this);
            return Node.Record("clone", copy, [], (this, (g, _) => g.alias()));
        }

        /// <summary>The elements in another type: bool is 0 or 1, anything but 0 is true, float32 is cut towards zero.</summary>
        public Tensor to_type(ScalarType type)
        {
            if (type == dtype)
                return this;
            var y = Empty("to_type", sizes, type);
            switch (dtype, type)
            {
                case (ScalarType.Float32, ScalarType.Int64): Convert<float, long>(y, x => (long)x); break;
                case (ScalarType.Float32, ScalarType.Bool): Convert<float, bool>(y, x => x != 0); break;
                case (ScalarType.Int64, ScalarType.Float32): Convert<long, float>(y, x => x); break;
                case (ScalarType.Int64, ScalarType.Bool): Convert<long, bool>(y, x => x != 0); break;
                case (ScalarType.Bool, ScalarType.Float32): Convert<bool, float>(y, x => x ? 1 : 0); break;
                case (ScalarType.Bool, ScalarType.Int64): Convert<bool, long>(y, x => x ? 1 : 0); break;
                case (ScalarType.Byte, ScalarType.Int64): Convert<byte, long>(y, x => x); break;
                case (ScalarType.Byte, ScalarType.Float32): Convert<byte, float>(y, x => x); break;
                case (ScalarType.Byte, ScalarType.Bool): Convert<byte, bool>(y, x => x != 0); break;
                case (ScalarType.Float32, ScalarType.Byte): Convert<float, byte>(y, x => (byte)(long)x); break;
                case (ScalarType.Int64, ScalarType.Byte): Convert<long, byte>(y, x => (byte)x); break;
                default: Convert<bool, byte>(y, x => x ? (byte)1 : (byte)0); break;
            }
            return y;
        }

        public Tensor to(ScalarType type) => to_type(type);
        public Tensor @float() => to_type(ScalarType.Float32);
        public Tensor @long() => to_type(ScalarType.Int64);
        public Tensor @bool() => to_type(ScalarType.Bool);
        public Tensor cpu() => this;

        /// <exception cref="NotSupportedException">The device is not the CPU.</exception>
        public Tensor to(Device device)
        {
            Device.RequireCpu("to", device.type);
            return this;
        }

        private void Convert<TFrom, TTo>(Tensor target, Func<TFrom, TTo> convert) where TFrom : unmanaged where TTo : unmanaged
        {
            Threads.Ranges(Count, Elementwise.Grain, (start, end) =>
            {
                var x = Span<TFrom>()[start..end];
                var y = target.Span<TTo>()[start..end];
                for (var i = 0; i < x.Length; i++)
                    y[i] = convert(x[i]);
            });
        }

        internal void CopyFrom(Tensor source) => source.Copy(0, this, 0, Count);

        /// <summary>Reads elements with given strides into a new tensor.</summary>
        private Tensor Gather(string op, long[] target, int[] strides)
        {
            var y = Empty(op, target, dtype);
            y.CopyFrom(this, strides);
            return y;
        }

        /// <summary>Fills this tensor with elements of <paramref name="source"/> that are <paramref name="strides"/> apart.</summary>
        internal void CopyFrom(Tensor source, int[] strides)
        {
            source.RequireAlive();
            source.ToRowMajor();
            ToRowMajor();
            storage.Gather(source.storage, source.offset, strides, offset, sizes);
        }
    }
}
