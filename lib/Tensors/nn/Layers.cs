namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU() => new();
            public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null) =>
                new(kernel_size, stride ?? kernel_size, padding ?? 0);

            /// <param name="p">The share of elements that training sets to 0.</param>
            public static Dropout Dropout(double p = 0.5) => new(p);

            /// <summary><c>[N, C, H, W]</c> to <c>[N, C*H*W]</c>.</summary>
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    public sealed class ReLU : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal ReLU() : base("ReLU") { }
        public override torch.Tensor forward(torch.Tensor input) => input.relu();
    }

    public sealed class MaxPool2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long kernel_size, stride, padding;

        internal MaxPool2d(long kernel_size, long stride, long padding) : base("MaxPool2d") =>
            (this.kernel_size, this.stride, this.padding) = (kernel_size, stride, padding);

        internal bool IsTwoByTwo => (kernel_size, stride, padding) == (2, 2, 0);

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.max_pool2d(input, kernel_size, stride, padding);
    }

    public sealed class Dropout : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly double p;

        internal Dropout(double p) : base("Dropout")
        {
            if (p is not (>= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(p), $"Dropout: p must be from 0 to 1, got {p}");
            this.p = p;
        }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout(input, p, training);
    }

    public sealed class Flatten : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long start_dim, end_dim;

        internal Flatten(long start_dim, long end_dim) : base("Flatten") => (this.start_dim, this.end_dim) = (start_dim, end_dim);

        public override torch.Tensor forward(torch.Tensor input) => input.flatten(start_dim, end_dim);
    }
}
