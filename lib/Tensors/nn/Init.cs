namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>PyTorch's default initialisation of Conv2d and Linear: the same bits for the same seed.</summary>
        internal static class Default
        {
            /// <summary>kaiming_uniform_ with a = sqrt(5); written with its square roots as PyTorch has them, since they round.</summary>
            public static Parameter Weight(params long[] shape)
            {
                var gain = Math.Sqrt(2.0 / (1 + Math.Pow(Math.Sqrt(5), 2)));
                var bound = Math.Sqrt(3.0) * (gain / Math.Sqrt(FanIn(shape)));
                return Uniform(shape, bound);
            }

            public static Parameter Bias(long[] weightShape) => Uniform([weightShape[0]], 1 / Math.Sqrt(FanIn(weightShape)));

            private static double FanIn(long[] shape) => Shape.Product(shape.AsSpan(1));

            private static Parameter Uniform(long[] shape, double bound)
            {
                using var values = empty(shape);
                return new Parameter(values.uniform_(-bound, bound));
            }
        }
    }
}
