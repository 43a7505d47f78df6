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
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true)
            {
                if (p is not (>= 0 and <= 1))
                    throw new ArgumentOutOfRangeException(nameof(p), $"dropout: p must be from 0 to 1, got {p}");
                Tensor.RequireFloat("dropout", input);
                if (!training || p == 0)
                    return input.reshape(input.shape);
                if (p == 1)
                    return input * 0f;
                using var mask = empty_like(input);
                generator.FillBernoulli(mask.Span<float>(), 1 - p, 1 / (float)(1 - p));
                return input * mask;
            }
        }
    }
}
