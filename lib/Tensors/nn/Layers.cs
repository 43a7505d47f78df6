namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="p">The share of elements that training sets to 0.</param>
            public static Dropout Dropout(double p = 0.5) => new(p);

            /// <param name="p">The share of channels that training sets to 0.</param>
            public static Dropout2d Dropout2d(double p = 0.5) => new(p);

            /// <summary>The input, as it is.</summary>
            public static Identity Identity() => new();

            /// <summary><c>[N, C, H, W]</c> to <c>[N, C*H*W]</c>.</summary>
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    public sealed class Dropout : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly double p;

        internal Dropout(double p) : base("Dropout") => this.p = RequireProbability("Dropout", p);

        internal static double RequireProbability(string module, double p) => p is >= 0 and <= 1 ? p
            : throw new ArgumentOutOfRangeException(nameof(p), $"{module}: p must be from 0 to 1, got {p}");

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout(input, p, training);
    }

    public sealed class Dropout2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly double p;

        internal Dropout2d(double p) : base("Dropout2d") => this.p = Dropout.RequireProbability("Dropout2d", p);

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout2d(input, p, training);
    }

    public sealed class Identity : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Identity() : base("Identity") { }

        public override torch.Tensor forward(torch.Tensor input) => input.alias_in_graph();
    }

    public sealed class Flatten : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long start_dim, end_dim;

        internal Flatten(long start_dim, long end_dim) : base("Flatten") => (this.start_dim, this.end_dim) = (start_dim, end_dim);

        public override torch.Tensor forward(torch.Tensor input) => input.flatten(start_dim, end_dim);
    }
}
