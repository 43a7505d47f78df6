namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Normalises each part of the last dimensions, <paramref name="normalized_shape"/>, by itself.</summary>
            /// <param name="elementwise_affine">Whether a factor for each element of a part is learned.</param>
            /// <param name="bias">Whether, then, a summand is too.</param>
            public static LayerNorm LayerNorm(
                long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true) =>
                new(normalized_shape, eps, elementwise_affine, bias);

            /// <inheritdoc cref="LayerNorm(long[], double, bool, bool)"/>
            public static LayerNorm LayerNorm(
                long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true) =>
                new([normalized_shape], eps, elementwise_affine, bias);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.LayerNorm(long[], double, bool, bool)"/>.</summary>
    public sealed class LayerNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long[] normalized_shape { get; }
        public double eps { get; set; }

        /// <summary>1 at first; null when not affine.</summary>
        public Parameter? weight { get; }

        /// <summary>0 at first; null when there is none.</summary>
        public Parameter? bias { get; }

        internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias) : base("LayerNorm")
        {
            (this.normalized_shape, this.eps) = (normalized_shape, eps);
            if (elementwise_affine)
                register_parameter("weight", weight = torch.nn.Default.Filled(1, normalized_shape));
            if (elementwise_affine && bias)
                register_parameter("bias", this.bias = torch.nn.Default.Filled(0, normalized_shape));
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.layer_norm(input, normalized_shape, weight, bias, eps);
    }
}
