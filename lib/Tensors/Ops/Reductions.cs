namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor sum(Tensor input) => input.sum();
    public static Tensor mean(Tensor input) => input.mean();
    public static Tensor cumsum(Tensor input, long dim) => input.cumsum(dim);
    public static Tensor argmax(Tensor input) => input.argmax();
    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);
    public static Tensor max(Tensor input) => input.max();
    public static Tensor min(Tensor input) => input.min();
    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);
    public static (Tensor values, Tensor indexes) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);

    public partial class Tensor
    {
        /// <summary>The sum of all elements; int64 for int64 and bool.</summary>
        public Tensor sum() => sum([.. Enumerable.Range(0, sizes.Length).Select(d => (long)d)]);

        public Tensor sum(long dim, bool keepdim = false) => sum([dim], keepdim);

        /// <summary>The sum over some dimensions, which disappear or, with <paramref name="keepdim"/>, stay with size 1.</summary>
        public Tensor sum(long[] dim, bool keepdim = false)
        {
            if (dtype is not (ScalarType.Float32 or ScalarType.Int64))
                return to_type(ScalarType.Int64).sum(dim, keepdim);
            var dims = Dimensions("sum", dim);
            var result = this;
            foreach (var (first, last) in Ranges(dims))
                result = SumRange(result, first, last);
            var (source, kept) = (shape, KeepShape(dims));
            // With nothing to add up the result is this very tensor, which must not be given this op's gradient.
            result = (result == this ? detach().clone() : result).View(0, keepdim ? kept : DropShape(dims));
            return Node.Record("sum", result, [], (this, (g, _) => g.reshape(kept).expand(source).clone()));
        }

        public Tensor mean() => mean([.. Enumerable.Range(0, sizes.Length).Select(d => (long)d)]);

        public Tensor mean(long[] dimensions, bool keepdim = false)
        {
            RequireFloat("mean", this);
            long count = 1;
            foreach (var d in Dimensions("mean", dimensions))
                count *= sizes.Length == 0 ? 1 : sizes[d];
            return sum(dimensions, keepdim) / (float)count;
        }

        /// <summary>The variance of all elements, divided by n - 1 when <paramref name="unbiased"/>.</summary>
        public Tensor var(bool unbiased = true) => (this - mean()).square().sum() / (float)(NumberOfElements - (unbiased ? 1 : 0));

        public Tensor std(bool unbiased = true) => var(unbiased).sqrt();

        /// <summary>The p-norm of all elements; p is 1, 2 or positive infinity.</summary>
        public Tensor norm(float p = 2) => p switch
        {
            1 => abs().sum(),
            2 => square().sum().sqrt(),
            float.PositiveInfinity => abs().max(),
            _ => throw new NotSupportedException($"norm: p = {p} is not supported; expected 1, 2 or infinity"),
        };

        /// <summary>Whether all elements are true, or not 0.</summary>
        public Tensor all() => tensor(Truth().Span<long>().IndexOf(0) < 0);

        /// <summary>Whether any element is true, or not 0.</summary>
        public Tensor any() => tensor(Truth().Span<long>().IndexOf(1) >= 0);

        /// <summary>The index of the largest element of the flattened tensor, the first of equals; NaN counts as largest.</summary>
        public Tensor argmax() => reshape(-1).argmax(0);
        public Tensor argmin() => reshape(-1).argmin(0);
        public Tensor argmax(long dim, bool keepdim = false) => Best("argmax", dim, largest: true, keepdim);
        public Tensor argmin(long dim, bool keepdim = false) => Best("argmin", dim, largest: false, keepdim);

        /// <summary>The largest element. Equal ones share the gradient, as in PyTorch.</summary>
        public Tensor max() => Extreme("max", largest: true);
        public Tensor min() => Extreme("min", largest: false);

        /// <summary>The largest element along a dimension and its index, the first of equals.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Pick(Best("max", dim, largest: true, keepdim: true), dim, keepdim);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            Pick(Best("min", dim, largest: false, keepdim: true), dim, keepdim);

        public Tensor amax(params long[] dims) => Dimensions("amax", dims).OrderDescending().Aggregate(this, (t, d) => t.max(d).values);

        /// <summary>The sum of the elements up to each one along a dimension, added up in float64.</summary>
        public Tensor cumsum(long dim)
        {
            var d = sizes.Length == 0 ? 0 : Shape.Dimension("cumsum", dim, sizes.Length);
            var x = dtype == ScalarType.Float32 ? this : to_type(ScalarType.Int64);
            var y = Empty("cumsum", sizes, x.dtype);
            if (x.dtype == ScalarType.Float32)
                Accumulate<float>(x, y, d);
            else
                Accumulate<long>(x, y, d);
            return Node.Record("cumsum", y, [], (this, (g, _) => sizes.Length == 0 ? g.clone() : g.flip(d).cumsum(d).flip(d)));
        }

        private static void Accumulate<T>(Tensor x, Tensor y, int dim) where T : unmanaged, INumber<T>
        {
            var (outer, length, inner) = x.sizes.Length == 0 ? (1, 1, 1) : x.Split(dim, dim);
            Threads.Ranges(outer * inner, Math.Max(1, Elementwise.Grain / Math.Max(1, length)), (first, last) =>
            {
                var from = x.Span<T>();
                var to = y.Span<T>();
                for (var r = first; r < last; r++)
                {
                    var start = r / inner * length * inner + r % inner;
                    var (sum, whole) = (0.0, T.Zero);
                    for (var i = start; i < start + length * inner; i += inner)
                        if (typeof(T) == typeof(float))
                            to[i] = T.CreateTruncating(sum += double.CreateTruncating(from[i]));
                        else
                            to[i] = whole += from[i];
                }
            });
        }

        private int[] Dimensions(string op, long[] dims)
        {
            var found = Array.ConvertAll(dims, d => Shape.Dimension(op, d, sizes.Length));
            Array.Sort(found);
            for (var i = 1; i < found.Length; i++)
                if (found[i] == found[i - 1])
                    throw new ArgumentException($"{op}: dimension {found[i]} appears twice");
            return sizes.Length == 0 ? [] : found;
        }

        private long[] KeepShape(int[] dims) => [.. sizes.Select((s, i) => dims.Contains(i) ? 1 : s)];
        private long[] DropShape(int[] dims) => [.. sizes.Where((_, i) => !dims.Contains(i))];

        // Neighbouring dimensions are reduced as one; the last range first, so that what remains is small.
        private static List<(int First, int Last)> Ranges(int[] dims)
        {
            var ranges = new List<(int, int)>();
            for (var end = dims.Length - 1; end >= 0;)
            {
                var start = end;
                while (start > 0 && dims[start - 1] == dims[start] - 1)
                    start--;
                ranges.Add((dims[start], dims[end]));
                end = start - 1;
            }
            return ranges;
        }

        private static unsafe Tensor SumRange(Tensor x, int first, int last)
        {
            var (outer, length, inner) = x.Split(first, last);
            var target = x.shape;
            target.AsSpan(first, last - first + 1).Fill(1);
            var y = zeros(target, x.dtype);
            if (x.dtype == ScalarType.Float32)
                Kernels.Sum.Middle(x.Floats, y.Floats, outer, length, inner);
            else
                Kernels.Sum.Middle(x.Pointer<long>(), y.Pointer<long>(), outer, length, inner);
            GC.KeepAlive(x);
            return y;
        }

        private (int Outer, int Length, int Inner) Split(int first, int last) =>
            (Shape.Product(sizes.AsSpan(..first)), Shape.Product(sizes.AsSpan(first..(last + 1))), Shape.Product(sizes.AsSpan(last + 1)));

        private Tensor Best(string op, long dim, bool largest, bool keepdim)
        {
            if (NumberOfElements == 0)
                throw new ArgumentException($"{op}: a tensor of shape {Shape.Text(sizes)} has no elements");
            if (sizes.Length == 0)
                return tensor(0L);
            var d = Shape.Dimension(op, dim, sizes.Length);
            var y = Empty(op, keepdim ? Shape.With(sizes, d, 1) : Shape.Without(sizes, d), ScalarType.Int64);
            switch (dtype)
            {
                case ScalarType.Float32: Best<float>(y, d, largest); break;
                case ScalarType.Int64: Best<long>(y, d, largest); break;
                default: throw new ArgumentException(
                    $"{op}: expected a float32 or int64 tensor, got {dtype.Name()} of shape {Shape.Text(sizes)}");
            }
            return y;
        }

        /// <summary>The place of the largest or smallest element along a dimension, the first of equals; NaN wins both.</summary>
        private void Best<T>(Tensor places, int dim, bool largest) where T : unmanaged, INumber<T>
        {
            var (outer, length, inner) = Split(dim, dim);
            Threads.Ranges(outer * inner, Math.Max(1, Elementwise.Grain / length), (first, last) =>
            {
                var x = Span<T>();
                var best = places.Span<long>();
                for (var r = first; r < last; r++)
                {
                    var start = r / inner * length * inner + r % inner;
                    var at = 0;
                    for (var i = 1; i < length; i++)
                        if (Beats(x[start + i * inner], x[start + at * inner]))
                            at = i;
                    best[r] = at;
                }
            });

            bool Beats(T a, T b) => (largest ? a > b : a < b) || (T.IsNaN(a) && !T.IsNaN(b));
        }

        private (Tensor, Tensor) Pick(Tensor indexes, long dim, bool keepdim)
        {
            if (sizes.Length == 0)
                return (clone(), indexes);
            var values = gather(dim, indexes);
            return keepdim ? (values, indexes) : (values.squeeze(dim), indexes.squeeze(dim));
        }

        private Tensor Extreme(string op, bool largest)
        {
            if (dtype != ScalarType.Float32)
                return reshape(-1).select(0, (largest ? argmax() : argmin()).item<long>());
            using var flat = detach().reshape(-1);
            using var place = flat.Best(op, 0, largest, keepdim: false);
            using var found = flat.select(0, place.item<long>());
            var value = found.clone();
            return Node.Record(op, value, [this, value], (this, (g, s) =>
            {
                var winners = (float.IsNaN(s[1].item<float>()) ? s[0].isnan() : s[0].eq(s[1])).to_type(ScalarType.Float32);
                return winners * (g / winners.sum());
            }));
        }
    }
}
