namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A learned convolution: <c>[N, in_channels, H, W]</c> to <c>[N, out_channels, OH, OW]</c>.</summary>
            public static Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, bool bias = true) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), bias);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, bool bias = true) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), bias);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.Conv2d(long, long, long, long, long, bool)"/>.</summary>
    public sealed class Conv2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal long[] Strides { get; }
        internal long[] Padding { get; }

        /// <summary><c>[out_channels, in_channels, height, width]</c></summary>
        public Parameter weight { get; }

        /// <summary><c>[out_channels]</c>, or null.</summary>
        public Parameter? bias { get; }

        internal Conv2d(long in_channels, long out_channels, (long Height, long Width) kernel, (long Height, long Width) stride,
            (long Height, long Width) padding, bool bias) : base("Conv2d")
        {
            (Strides, Padding) = ([stride.Height, stride.Width], [padding.Height, padding.Width]);
            register_parameter("weight", weight = torch.nn.Default.Weight(out_channels, in_channels, kernel.Height, kernel.Width));
            if (bias)
                register_parameter("bias", this.bias = torch.nn.Default.Bias(weight.shape));
        }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.conv2d(input, weight, bias, Strides, Padding);
    }
}
