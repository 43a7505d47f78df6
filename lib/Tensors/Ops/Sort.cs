namespace Fgsm.Tensors;

public static partial class torch
{
    public static (Tensor values, Tensor indexes) topk(Tensor input, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        input.topk(k, dim, largest, sorted);
    public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);
    public static Tensor argsort(Tensor input, long dim = -1, bool descending = false) => input.argsort(dim, descending);

    public partial class Tensor
    {
        /// <summary>
        /// The <paramref name="k"/> largest (or smallest) elements along a dimension, in order, and their indices; equals in order of
        /// index. NaN counts as largest.
        /// </summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            RequireFloat("topk", this);
            var d = Shape.Dimension("topk", dim, sizes.Length);
            var length = sizes.Length == 0 ? 1 : (int)sizes[d];
            if (k < 0 || k > length)
                throw new ArgumentOutOfRangeException(
                    nameof(k), $"topk: k = {k} is out of range; dimension {d} of shape {Shape.Text(sizes)} has {length} entries");
            var inner = Shape.Product(sizes.AsSpan(Math.Min(d + 1, sizes.Length)));
            var indexes = Empty("topk", sizes.Length == 0 ? sizes : Shape.With(sizes, d, k), ScalarType.Int64);
            Threads.Ranges(Count / Math.Max(1, length), Math.Max(1, 4096 / Math.Max(1, length)), (first, last) =>
            {
                var values = Span<float>();
                var found = indexes.Span<long>();
                var keys = new ulong[length];
                for (var r = first; r < last; r++)
                {
                    var (start, target) = (r / inner * length * inner + r % inner, r / inner * k * inner + r % inner);
                    for (var i = 0; i < length; i++)
                        keys[i] = Key(values[start + i * inner], i, largest);
                    Array.Sort(keys);
                    for (var i = 0; i < k; i++)
                        found[target + i * inner] = (uint)keys[i];
                }
            });
            return (sizes.Length == 0 ? clone() : gather(d, indexes), indexes);
        }

        /// <summary>The elements along a dimension in order, and their indices; equals in order of index. NaN counts as largest.</summary>
        /// <param name="stable">Without effect: equals always keep their order.</param>
        public (Tensor values, Tensor indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            topk(sizes.Length == 0 ? 1 : (int)sizes[Shape.Dimension("sort", dim, sizes.Length)], (int)dim, largest: descending);

        public Tensor argsort(long dim = -1, bool descending = false) => sort(dim, descending).indices;

        /// <summary>A whole number that sorts as the value does, and among equals as the index does.</summary>
        private static ulong Key(float value, int index, bool descending)
        {
            // -0 + 0 is 0. The bits of a positive float are ordered as it is, those of a negative one the other way round.
            var bits = float.IsNaN(value) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits(value + 0f);
            var order = (int)bits < 0 ? ~bits : bits | 0x80000000;
            return (ulong)(descending ? ~order : order) << 32 | (uint)index;
        }
    }
}
