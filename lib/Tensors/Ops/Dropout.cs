namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor input) => input.relu();

            /// <summary>
            /// In training, sets each element to 0 with probability <paramref name="p"/> and divides the others by 1 - p; else the input.
            /// The mask is the one that PyTorch draws from the same generator state.
            /// </summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) =>
                dropout("dropout", input, input.shape, p, training);

            /// <summary>
            /// In training, sets each channel of <c>[N, C, ...]</c> to 0 with probability <paramref name="p"/> and divides the others by
            /// 1 - p; else the input. The mask is the one that PyTorch draws.
            /// </summary>
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true)
            {
                if (input.ndim < 2)
                    throw new ArgumentException($"dropout2d: expected [N, C, ...], got {Shape.Text(input.Sizes)}");
                return dropout("dropout2d", input, [.. input.shape.Select((size, d) => d < 2 ? size : 1)], p, training);
            }

            private static Tensor dropout(string op, Tensor input, long[] maskShape, double p, bool training)
            {
                if (p is not (>= 0 and <= 1))
                    throw new ArgumentOutOfRangeException(nameof(p), $"{op}: p must be from 0 to 1, got {p}");
                Tensor.RequireFloat(op, input);
                if (!training || p == 0)
                    return input.reshape(input.shape);
                if (p == 1)
                    return input * 0f;
                using var mask = empty(maskShape);
                generator.FillBernoulli(mask.Span<float>(), 1 - p, 1 / (float)(1 - p));
                return input * mask;
            }
        }
    }
}
