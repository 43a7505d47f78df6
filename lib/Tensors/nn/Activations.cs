namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>max(x, 0).</summary>
            public static ReLU ReLU() => new();

            /// <summary>See <see cref="Tensor.leaky_relu"/>.</summary>
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01) => new(negative_slope);

            /// <summary>See <see cref="Tensor.gelu()"/>.</summary>
            public static GELU GELU() => new(Modules.GELU.Approximate.none);

            /// <param name="approximate">Whether tanh stands in for the error function.</param>
            public static GELU GELU(GELU.Approximate approximate) => new(approximate);

            /// <summary>See <see cref="Tensor.silu"/>.</summary>
            public static SiLU SiLU() => new();

            /// <summary>See <see cref="Tensor.sigmoid"/>.</summary>
            public static Sigmoid Sigmoid() => new();

            /// <summary>See <see cref="Tensor.tanh"/>.</summary>
            public static Tanh Tanh() => new();

            /// <summary>See <see cref="functional.softmax"/>.</summary>
            public static Softmax Softmax(long dim) => new(dim);

            /// <summary>See <see cref="functional.log_softmax"/>.</summary>
            public static LogSoftmax LogSoftmax(long dim) => new(dim);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>What an activation can follow in one pass.</summary>
    internal interface IBeforeActivation
    {
        torch.Tensor With<TActivation>() where TActivation : struct, IActivation;
    }

    /// <summary>A module that is an activation of the kernels.</summary>
    internal interface IActivationModule
    {
        torch.Tensor After(IBeforeActivation op);
    }

    public sealed class ReLU : torch.nn.Module<torch.Tensor, torch.Tensor>, IActivationModule
    {
        internal ReLU() : base("ReLU") { }
        public override torch.Tensor forward(torch.Tensor input) => input.relu();
        torch.Tensor IActivationModule.After(IBeforeActivation op) => op.With<Relu>();
    }

    public sealed class LeakyReLU : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public double negative_slope { get; set; }
        internal LeakyReLU(double negative_slope) : base("LeakyReLU") => this.negative_slope = negative_slope;
        public override torch.Tensor forward(torch.Tensor input) => input.leaky_relu(negative_slope);
    }

    public sealed class GELU : torch.nn.Module<torch.Tensor, torch.Tensor>, IActivationModule
    {
        public enum Approximate
        {
            none,
            tanh,
        }

        public Approximate approximate { get; set; }
        internal GELU(Approximate approximate) : base("GELU") => this.approximate = approximate;
        public override torch.Tensor forward(torch.Tensor input) => input.gelu(approximate);
        torch.Tensor IActivationModule.After(IBeforeActivation op) =>
            approximate == Approximate.tanh ? op.With<GeluTanh>() : op.With<Gelu>();
    }

    public sealed class SiLU : torch.nn.Module<torch.Tensor, torch.Tensor>, IActivationModule
    {
        internal SiLU() : base("SiLU") { }
        public override torch.Tensor forward(torch.Tensor input) => input.silu();
        torch.Tensor IActivationModule.After(IBeforeActivation op) => op.With<Silu>();
    }

    public sealed class Sigmoid : torch.nn.Module<torch.Tensor, torch.Tensor>, IActivationModule
    {
        internal Sigmoid() : base("Sigmoid") { }
        public override torch.Tensor forward(torch.Tensor input) => input.sigmoid();
        torch.Tensor IActivationModule.After(IBeforeActivation op) => op.With<Logistic>();
    }

    public sealed class Tanh : torch.nn.Module<torch.Tensor, torch.Tensor>, IActivationModule
    {
        internal Tanh() : base("Tanh") { }
        public override torch.Tensor forward(torch.Tensor input) => input.tanh();
        torch.Tensor IActivationModule.After(IBeforeActivation op) => op.With<HyperbolicTangent>();
    }

    public sealed class Softmax : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long dim { get; set; }
        internal Softmax(long dim) : base("Softmax") => this.dim = dim;
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.softmax(input, dim);
    }

    public sealed class LogSoftmax : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long dim { get; set; }
        internal LogSoftmax(long dim) : base("LogSoftmax") => this.dim = dim;
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.log_softmax(input, dim);
    }
}
