namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// (x - mean) / sqrt(var + eps) * weight + bias, mean and variance being those of each part of
            /// <paramref name="normalized_shape"/>, the last dimensions of x. Ba, Kiros and Hinton, 2016,
            /// https://arxiv.org/abs/1607.06450.
            /// </summary>
            /// <param name="weight">Of that shape, as is <paramref name="bias"/>.</param>
            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
            {
                Tensor.RequireFloat("layer_norm", input);
                var outer = (int)input.ndim - normalized_shape.Length;
                if (normalized_shape.Length == 0 || outer < 0 || !input.Sizes[outer..].SequenceEqual(normalized_shape)
                    || weight?.Sizes.SequenceEqual(normalized_shape) == false || bias?.Sizes.SequenceEqual(normalized_shape) == false)
                    throw new ArgumentException(
                        $"layer_norm: input {Shape.Text(input.Sizes)}{(weight is null ? "" : $", weight {Shape.Text(weight.Sizes)}")}"
                        + $"{(bias is null ? "" : $", bias {Shape.Text(bias.Sizes)}")} do not end in {Shape.Text(normalized_shape)}");
                var y = Standardise(input, Shape.Product(normalized_shape), eps);
                y = weight is null ? y : y * weight;
                return bias is null ? y : y + bias;
            }

            private static unsafe Tensor Standardise(Tensor input, int length, double eps)
            {
                var y = empty_like(input);
                var rows = input.Count / Math.Max(1, length);
                var factors = empty(rows);
                Threads.Ranges(rows, Math.Max(1, Elementwise.Grain / Math.Max(1, length)), (first, last) =>
                {
                    for (var row = first; row < last; row++)
                        factors.Floats[row] =
                            Standardisation.Row(input.Floats + (nint)row * length, length, eps, y.Floats + (nint)row * length);
                });
                return Node.Record("layer_norm", y, [y, factors], (input, (g, s) =>
                {
                    var dx = empty_like(g);
                    Threads.Ranges(rows, Math.Max(1, Elementwise.Grain / Math.Max(1, length)), (first, last) =>
                    {
                        for (var row = first; row < last; row++)
                            Standardisation.InputGradient(g.Floats + (nint)row * length, s[0].Floats + (nint)row * length,
                                s[1].Floats[row], length, dx.Floats + (nint)row * length);
                    });
                    return dx;
                }));
            }
        }
    }
}
