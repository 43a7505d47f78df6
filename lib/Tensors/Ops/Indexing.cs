namespace Fgsm.Tensors;

/// <summary>One entry of <c>x[...]</c>: a number, a slice, an ellipsis, a new dimension, or a tensor of indices or truth values.</summary>
public readonly struct TensorIndex
{
    internal enum Kind { Single, Slice, Ellipsis, NewAxis, Tensor }

    internal Kind Type { get; private init; }
    internal long Start { get; private init; }
    internal long? Stop { get; private init; }
    internal long Step { get; private init; }
    internal torch.Tensor? Indices { get; private init; }

    public static TensorIndex Ellipsis => new() { Type = Kind.Ellipsis };
    public static TensorIndex None => new() { Type = Kind.NewAxis };
    public static TensorIndex Colon => Slice();
    public static TensorIndex Single(long index) => new() { Type = Kind.Single, Start = index };
    public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
        new() { Type = Kind.Slice, Start = start ?? 0, Stop = stop, Step = step ?? 1 };
    public static TensorIndex Tensor(torch.Tensor indices) => new() { Type = Kind.Tensor, Indices = indices };

    public static implicit operator TensorIndex(long index) => Single(index);
    public static implicit operator TensorIndex(torch.Tensor indices) => Tensor(indices);
    public static implicit operator TensorIndex((int? start, int? stop) range) => Slice(range.start, range.stop);
    public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
    public static implicit operator TensorIndex(Range range) => Slice(
        range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
        range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);
}

public static partial class torch
{
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>1 at the index that each element of <paramref name="x"/> (int64) gives, 0 elsewhere: int64, one more dimension.</summary>
            /// <param name="num_classes">The size of that dimension; -1 for one more than the largest index.</param>
            /// <exception cref="ArgumentOutOfRangeException">An index is not one of the classes.</exception>
            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (x.dtype != ScalarType.Int64 || (x.Count == 0 && num_classes < 0))
                    throw new ArgumentException($"one_hot: expected int64 indices, got {x.dtype.Name()} of shape {Shape.Text(x.Sizes)}");
                var classes = num_classes >= 0 ? num_classes : x.max().item<long>() + 1;
                foreach (var index in x.Span<long>())
                    if (index < 0 || index >= classes)
                        throw new ArgumentOutOfRangeException(nameof(x), $"one_hot: index {index} is not one of the {classes} classes");
                return x.unsqueeze(-1).eq(arange(classes)).to_type(ScalarType.Int64);
            }
        }
    }

    /// <summary>Parts of a tensor. Slices of the first dimension share memory with it, other parts are copies.</summary>
    public partial class Tensor
    {
        /// <summary>PyTorch's <c>x[i, a:b, ...]</c>. Assigning writes the right side, broadcast, into that part.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => Index(indices);
            set
            {
                BeginInPlace("index");
                using var _ = no_grad();
                var part = Index(indices);
                part.copy_(value);
                if (part.storage == storage)
                    return;
                // The part is a copy: where its elements lie is found by indexing their numbers in the same way.
                var places = arange(NumberOfElements).reshape(sizes).Index(indices).Span<long>();
                for (var i = 0; i < places.Length; i++)
                    part.Copy(i, this, (int)places[i], 1);
            }
        }

        private Tensor Index(TensorIndex[] indices)
        {
            var used = indices.Count(i => i.Type is not (TensorIndex.Kind.Ellipsis or TensorIndex.Kind.NewAxis));
            if (used > sizes.Length)
                throw new ArgumentException($"index: {used} indices for a tensor of shape {Shape.Text(sizes)}");
            var result = this;
            var dim = 0;
            foreach (var index in indices)
            {
                switch (index.Type)
                {
                    case TensorIndex.Kind.Single: result = result.select(dim, index.Start); break;
                    case TensorIndex.Kind.Slice: result = result.slice(dim++, index.Start, index.Stop ?? long.MaxValue, index.Step); break;
                    case TensorIndex.Kind.NewAxis: result = result.unsqueeze(dim++); break;
                    case TensorIndex.Kind.Ellipsis:
                        var before = indices.TakeWhile(i => i.Type != TensorIndex.Kind.Ellipsis)
                            .Count(i => i.Type != TensorIndex.Kind.NewAxis);
                        dim = result.sizes.Length - (used - before);
                        break;
                    case TensorIndex.Kind.Tensor when index.Indices!.dtype == ScalarType.Bool:
                        if (indices.Length > 1 || index.Indices.sizes.Length > result.sizes.Length)
                            throw new NotSupportedException("index: a bool tensor must be the only index");
                        result = index.Indices.sizes.Length == result.sizes.Length ? result.masked_select(index.Indices)
                            : result.index_select(0, index.Indices.nonzero().reshape(-1));
                        break;
                    default: result = result.index_select(dim++, index.Indices!); break;
                }
            }
            return result == this ? alias_in_graph() : result;
        }

        internal Tensor alias_in_graph() => reshape(sizes);

        /// <summary>One index of a dimension, which disappears. Shares memory along the first dimension.</summary>
        public Tensor select(long dim, long index)
        {
            if (sizes.Length == 0)
                throw new ArgumentException("select: a tensor of no dimensions cannot be indexed");
            var d = Shape.Dimension("select", dim, sizes.Length);
            if (index < -sizes[d] || index >= sizes[d])
                throw new ArgumentOutOfRangeException(
                    nameof(index), $"select: index {index} is out of range for dimension {d} of shape {Shape.Text(sizes)}");
            var start = index < 0 ? index + sizes[d] : index;
            return slice(d, start, start + 1, 1).reshape(Shape.Without(sizes, d));
        }

        public Tensor narrow(long dim, long start, long length)
        {
            var d = Shape.Dimension("narrow", dim, sizes.Length);
            if (start < 0 || length < 0 || start + length > sizes[d])
                throw new ArgumentOutOfRangeException(
                    nameof(start), $"narrow: {start} with length {length} is out of range for dimension {d} of shape {Shape.Text(sizes)}");
            return slice(d, start, start + length, 1);
        }

        /// <summary>
        /// Indices <paramref name="start"/> to <paramref name="finish"/> - 1 of a dimension, counted from the end when negative, cut to its
        /// size.
        /// </summary>
        public Tensor slice(long dim, long start, long finish, long step)
        {
            var d = Shape.Dimension("slice", dim, sizes.Length);
            if (step < 1)
                throw new ArgumentException($"slice: step must be 1 or more, got {step}");
            var size = sizes[d];
            var from = Math.Clamp(start < 0 ? start + size : start, 0, size);
            var to = Math.Clamp(finish < 0 ? finish + size : finish, from, size);
            var length = (to - from + step - 1) / step;
            var target = Shape.With(sizes, d, length);
            var (outer, inner) = (Shape.Product(sizes.AsSpan(..d)), Shape.Product(sizes.AsSpan(d + 1)));

            Tensor y;
            if (outer == 1 && step == 1)
            {
                y = View((int)from * inner, target);
            }
            else
            {
                y = Empty("slice", target, dtype);
                Rows(this, y, scatter: false);
            }
            var source = shape;
            return Node.Record("slice", y, [], (this, (g, _) =>
            {
                var whole = zeros(source);
                Rows(whole, g, scatter: true);
                return whole;
            }));

            // Rows of `inner` elements between the part of `whole` that the slice names and `part`, which is contiguous.
            void Rows(Tensor whole, Tensor part, bool scatter)
            {
                for (var o = 0; o < outer; o++)
                    for (var i = 0; i < length; i++)
                    {
                        var (inWhole, inPart) = ((int)(o * size + from + i * step) * inner, (int)(o * length + i) * inner);
                        if (scatter)
                            part.Copy(inPart, whole, inWhole, inner);
                        else
                            whole.Copy(inWhole, part, inPart, inner);
                    }
            }
        }

        /// <summary>The entries of a dimension that <paramref name="index"/> (int64, one dimension) names, in its order.</summary>
        public Tensor index_select(long dim, Tensor index)
        {
            var d = Shape.Dimension("index_select", dim, sizes.Length);
            if (index.dtype != ScalarType.Int64 || index.sizes.Length > 1)
                throw new ArgumentException(
                    $"index_select: expected int64 indices in one dimension, got {index.dtype.Name()} of shape {Shape.Text(index.sizes)}");
            foreach (var i in index.Span<long>())
                if (i < 0 || i >= sizes[d])
                    throw new ArgumentOutOfRangeException(
                        nameof(index), $"index_select: index {i} is out of range for dimension {d} of shape {Shape.Text(sizes)}");
            var (outer, inner, count) = (Shape.Product(sizes.AsSpan(..d)), Shape.Product(sizes.AsSpan(d + 1)), index.Count);
            var y = Empty("index_select", Shape.With(sizes, d, count), dtype);
            var size = (int)sizes[d];
            Threads.Ranges(outer * count, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), (first, last) =>
            {
                var rows = index.Span<long>();
                for (var r = first; r < last; r++)
                    Copy((r / count * size + (int)rows[r % count]) * inner, y, r * inner, inner);
            });
            var source = shape;
            return Node.Record("index_select", y, [index], (this, (g, s) =>
                ScatterAdd(source, arange(Shape.Product(source)).reshape(source).index_select(d, s[0]).Span<long>(), g)));
        }

        /// <summary>The entries of some dimensions in reverse order. Copies, as in PyTorch.</summary>
        public Tensor flip(params long[] dims)
        {
            var result = this;
            foreach (var d in Dimensions("flip", dims))
                result = result.index_select(d, tensor(Enumerable.Range(1, (int)sizes[d]).Select(i => sizes[d] - i).ToArray()));
            return result == this ? clone() : result;
        }

        /// <summary>For each position of <paramref name="index"/>, the element at that index of <paramref name="dim"/>.</summary>
        public Tensor gather(long dim, Tensor index)
        {
            var d = Shape.Dimension("gather", dim, sizes.Length);
            if (index.dtype != ScalarType.Int64 || index.sizes.Length != sizes.Length)
                throw new ArgumentException(
                    $"gather: expected int64 indices with {sizes.Length} dimensions, "
                    + $"got {index.dtype.Name()} of shape {Shape.Text(index.sizes)}");
            for (var k = 0; k < sizes.Length; k++)
                if (k != d && index.sizes[k] > sizes[k])
                    throw new ArgumentException(
                        $"gather: index shape {Shape.Text(index.sizes)} is larger than {Shape.Text(sizes)} at dimension {k}");
            var positions = Positions(index, d);
            var y = Empty("gather", index.sizes, dtype);
            RequireAlive();
            ToRowMajor();
            storage.Pick(offset, positions, y.storage, 0);
            var source = shape;
            return Node.Record("gather", y, [], (this, (g, _) => ScatterAdd(source, positions, g)));
        }

        /// <summary>Zeros, with each element of a gradient added at its place.</summary>
        private static Tensor ScatterAdd(long[] shape, ReadOnlySpan<long> places, Tensor gradient)
        {
            var whole = zeros(shape);
            var to = whole.Span<float>();
            var from = gradient.Span<float>();
            for (var i = 0; i < places.Length; i++)
                to[(int)places[i]] += from[i];
            return whole;
        }

        private long[] Positions(Tensor index, int dim)
        {
            var positions = new long[index.Count];
            var values = index.Span<long>();
            var at = new long[sizes.Length];
            for (var i = 0; i < positions.Length; i++)
            {
                if (values[i] < 0 || values[i] >= sizes[dim])
                    throw new ArgumentOutOfRangeException(
                        nameof(index), $"gather: index {values[i]} is out of range for dimension {dim} of shape {Shape.Text(sizes)}");
                long position = 0;
                for (var k = 0; k < sizes.Length; k++)
                    position = position * sizes[k] + (k == dim ? values[i] : at[k]);
                positions[i] = position;
                for (var k = sizes.Length - 1; k >= 0 && ++at[k] == index.sizes[k]; k--)
                    at[k] = 0;
            }
            return positions;
        }
    }
}
