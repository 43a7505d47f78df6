namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>PyTorch's default initialisation of convolutions and Linear: the same bits for the same seed.</summary>
        internal static class Default
        {
            /// <summary>kaiming_uniform_ with a = sqrt(5); written with its square roots as PyTorch has them, since they round.</summary>
            public static Parameter Weight(params long[] shape)
            {
                var gain = Math.Sqrt(2.0 / (1 + Math.Pow(Math.Sqrt(5), 2)));
                var bound = Math.Sqrt(3.0) * (gain / Math.Sqrt(FanIn(shape)));
                return Uniform(shape, bound);
            }

            public static Parameter Bias(long[] weightShape, long length) => Uniform([length], 1 / Math.Sqrt(FanIn(weightShape)));

            public static Parameter Filled(float value, params long[] shape)
            {
                using var values = full(shape, value);
                return new Parameter(values);
            }

            public static void RequireGroups(string module, long in_channels, long out_channels, long groups)
            {
                if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
                    throw new ArgumentException(
                        $"{module}: {in_channels} and {out_channels} channels do not fall into {groups} groups of equal size");
            }

            private static double FanIn(long[] shape) => Shape.Product(shape.AsSpan(1));

            private static Parameter Uniform(long[] shape, double bound)
            {
                using var values = empty(shape);
                return new Parameter(values.uniform_(-bound, bound));
            }
        }
    }
}
