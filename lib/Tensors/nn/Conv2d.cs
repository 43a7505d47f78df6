namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A learned convolution: <c>[N, in_channels, H, W]</c> to <c>[N, out_channels, OH, OW]</c>.</summary>
            /// <param name="dilation">The distance of a filter's terms.</param>
            /// <param name="groups">Into how many parts the channels fall that do not see each other.</param>
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0,
                long dilation = 1, long groups = 1, bool bias = true) =>
                Conv2d(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation),
                    groups, bias);

            /// <inheritdoc cref="Conv2d(long, long, long, long, long, long, long, bool)"/>
            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, long groups = 1, bool bias = true) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups, bias);
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    /// <summary>See <see cref="torch.nn.Conv2d(long, long, long, long, long, long, long, bool)"/>.</summary>
    public sealed class Conv2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        public long in_channels { get; }
        public long out_channels { get; }
        public long[] kernel_size { get; }
        public long[] stride { get; }
        public long[] padding { get; }
        public long[] dilation { get; }
        public long groups { get; }

        /// <summary><c>[out_channels, in_channels / groups, height, width]</c></summary>
        public Parameter weight { get; }

        /// <summary><c>[out_channels]</c>, or null.</summary>
        public Parameter? bias { get; }

        internal Conv2d(long in_channels, long out_channels, (long Height, long Width) kernel, (long Height, long Width) stride,
            (long Height, long Width) padding, (long Height, long Width) dilation, long groups, bool bias) : base("Conv2d")
        {
            torch.nn.Default.RequireGroups("Conv2d", in_channels, out_channels, groups);
            (this.in_channels, this.out_channels, this.groups) = (in_channels, out_channels, groups);
            (kernel_size, this.stride) = ([kernel.Height, kernel.Width], [stride.Height, stride.Width]);
            (this.padding, this.dilation) = ([padding.Height, padding.Width], [dilation.Height, dilation.Width]);
            register_parameter(
                "weight", weight = torch.nn.Default.Weight(out_channels, in_channels / groups, kernel.Height, kernel.Width));
            if (bias)
                register_parameter("bias", this.bias = torch.nn.Default.Bias(weight.shape, out_channels));
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }
}
