namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>What stands around a padded tensor.</summary>
    public enum PaddingModes
    {
        /// <summary>A given value, 0 unless said otherwise.</summary>
        Constant = 0,
        Zeros = Constant,

        /// <summary>The tensor mirrored at its edge, which is not repeated.</summary>
        Reflect,

        /// <summary>The edge, repeated.</summary>
        Replicate,

        /// <summary>The other end of the tensor.</summary>
        Circular,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>The tensor with <paramref name="pad"/> entries before and after each of its last dimensions.</summary>
            /// <param name="pad">
            /// Before and after the last dimension, then before and after the one in front of it, and so on. Negative numbers
            /// cut entries off.
            /// </param>
            /// <param name="value">What <see cref="PaddingModes.Constant"/> writes.</param>
            /// <exception cref="ArgumentException">
            /// There are not two numbers for a dimension, or a dimension is too small to be mirrored or continued that far.
            /// </exception>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                if (pad.Length % 2 != 0 || pad.Length / 2 > input.ndim)
                    throw new ArgumentException(
                        $"pad: expected two numbers for each of at most {input.ndim} dimensions, got [{string.Join(", ", pad)}]");
                for (var i = 0; i < pad.Length / 2; i++)
                    if (pad[2 * i] != 0 || pad[2 * i + 1] != 0)
                        input = PadDimension(input, (int)input.ndim - 1 - i, pad[2 * i], pad[2 * i + 1], mode, value);
                return input.alias_in_graph();
            }

            private static Tensor PadDimension(Tensor x, int dim, long before, long after, PaddingModes mode, double value)
            {
                var size = x.Sizes[dim];
                var limit = mode switch { PaddingModes.Reflect => size - 1, PaddingModes.Circular => size, _ => long.MaxValue };
                if (Math.Max(before, after) > limit || before + size + after < 0 || (size == 0 && mode != PaddingModes.Constant))
                    throw new ArgumentException(
                        $"pad: ({before}, {after}) does not fit dimension {dim} of shape {Shape.Text(x.Sizes)} in mode {mode}");
                if (mode == PaddingModes.Constant)
                {
                    var inside = x.slice(dim, Math.Max(0, -before), size - Math.Max(0, -after), 1);
                    Tensor Border(long width) =>
                        full(Shape.With(x.Sizes, dim, Math.Max(0, width)), (float)value, ScalarType.Float32).to_type(x.dtype);
                    return cat([Border(before), inside, Border(after)], dim);
                }
                var places = new long[before + size + after];
                for (var i = 0; i < places.Length; i++)
                    places[i] = mode switch
                    {
                        PaddingModes.Reflect => size - 1 - Math.Abs(size - 1 - Math.Abs(i - before)),
                        PaddingModes.Replicate => Math.Clamp(i - before, 0, size - 1),
                        _ => (i - before + size) % size,
                    };
                return x.index_select(dim, tensor(places));
            }
        }
    }
}
