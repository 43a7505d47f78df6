namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A convolution's learned transpose: <c>[N, in_channels, H, W]</c> to <c>[N, out_channels, OH, OW]</c>.</summary>
            /// <param name="output_padding">Rows and columns more at the end.</param>
            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1,
                long padding = 0, long output_padding = 0, long dilation = 1, long groups = 1, bool bias = true) =>
                ConvTranspose2d(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding),
                    (output_padding, output_padding), (dilation, dilation), groups, bias);

            /// <inheritdoc cref="ConvTranspose2d(long, long, long, long, long, long, long, long, bool)"/>
            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size,
                (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null,
                (long, long)? dilation = null, long groups = 1, bool bias = true) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), output_padding ?? (0, 0),
                    dilation ?? (1, 1), groups, bias);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.ConvTranspose2d(long, long, long, long, long, long, long, long, bool)"/>.</summary>
    public sealed class ConvTranspose2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long[] stride { get; }
        public long[] padding { get; }
        public long[] output_padding { get; }
        public long[] dilation { get; }
        public long groups { get; }

        /// <summary><c>[in_channels, out_channels / groups, height, width]</c></summary>
        public Parameter weight { get; }

        /// <summary><c>[out_channels]</c>, or null.</summary>
        public Parameter? bias { get; }

        internal ConvTranspose2d(long in_channels, long out_channels, (long Height, long Width) kernel, (long Height, long Width) stride,
            (long Height, long Width) padding, (long Height, long Width) output_padding, (long Height, long Width) dilation, long groups,
            bool bias) : base("ConvTranspose2d")
        {
            torch.nn.Default.RequireGroups("ConvTranspose2d", in_channels, out_channels, groups);
            (this.stride, this.padding) = ([stride.Height, stride.Width], [padding.Height, padding.Width]);
            (this.output_padding, this.dilation) =
                ([output_padding.Height, output_padding.Width], [dilation.Height, dilation.Width]);
            this.groups = groups;
            register_parameter(
                "weight", weight = torch.nn.Default.Weight(in_channels, out_channels / groups, kernel.Height, kernel.Width));
            if (bias)
                register_parameter("bias", this.bias = torch.nn.Default.Bias(weight.shape, out_channels));
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv_transpose2d(input, weight, bias, stride, padding, output_padding, dilation, groups);
    }
}
