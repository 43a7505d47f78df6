namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A learned affine map: <c>[..., inputSize]</c> to <c>[..., outputSize]</c>.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.Linear(long, long, bool)"/>.</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        /// <summary><c>[out_features, in_features]</c></summary>
        public Parameter weight { get; }

        /// <summary><c>[out_features]</c>, or null.</summary>
        public Parameter? bias { get; }

        public long in_features => weight.shape[1];
        public long out_features => weight.shape[0];

        internal Linear(long inputSize, long outputSize, bool hasBias) : base("Linear")
        {
            register_parameter("weight", weight = torch.nn.Default.Weight(outputSize, inputSize));
            if (hasBias)
                register_parameter("bias", bias = torch.nn.Default.Bias(weight.shape, outputSize));
        }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.linear(input, weight, bias);
    }
}
