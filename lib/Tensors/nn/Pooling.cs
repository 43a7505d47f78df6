namespace Fgsm.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>See <see cref="functional.max_pool2d(Tensor, long[], long[], long[], long[], bool)"/>.</summary>
            public static MaxPool2d MaxPool2d(
                long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                MaxPool2d((kernel_size, kernel_size), Twice(stride), Twice(padding), Twice(dilation), ceil_mode);

            /// <inheritdoc cref="MaxPool2d(long, long?, long?, long?, bool)"/>
            public static MaxPool2d MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride ?? kernel_size, padding ?? (0, 0), dilation ?? (1, 1), ceil_mode);

            /// <summary>See <see cref="functional.avg_pool2d(Tensor, long[], long[], long[], bool, bool, long?)"/>.</summary>
            public static AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                AvgPool2d(
                    (kernel_size, kernel_size), Twice(stride), Twice(padding), ceil_mode, count_include_pad, divisor_override);

            /// <inheritdoc cref="AvgPool2d(long, long?, long?, bool, bool, long?)"/>
            public static AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride ?? kernel_size, padding ?? (0, 0), ceil_mode, count_include_pad, divisor_override);

            /// <summary>See <see cref="functional.adaptive_avg_pool2d(Tensor, long[])"/>.</summary>
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

            /// <inheritdoc cref="AdaptiveAvgPool2d(long)"/>
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long Height, long Width) output_size) =>
                new([output_size.Height, output_size.Width]);

            private static (long, long)? Twice(long? size) => size is { } s ? (s, s) : null;
        }
    }
}

namespace Fgsm.Tensors.Modules
{
    public sealed class MaxPool2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        /// <summary>Height and width, as the three after it.</summary>
        public long[] kernel_size { get; }
        public long[] stride { get; }
        public long[] padding { get; }
        public long[] dilation { get; }

        /// <summary>Whether the last window may go beyond the image.</summary>
        public bool ceil_mode { get; }

        internal MaxPool2d((long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding,
            (long Height, long Width) dilation, bool ceil_mode) : base("MaxPool2d")
        {
            (kernel_size, this.stride) = ([kernel.Height, kernel.Width], [stride.Height, stride.Width]);
            (this.padding, this.dilation) = ([padding.Height, padding.Width], [dilation.Height, dilation.Width]);
            this.ceil_mode = ceil_mode;
        }

        internal bool IsTwoByTwo =>
            (kernel_size, stride, padding, dilation, ceil_mode) is ([2, 2], [2, 2], [0, 0], [1, 1], false);

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
    }

    public sealed class AvgPool2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly (long, long) kernel_size, stride, padding;
        private readonly bool ceil_mode, count_include_pad;
        private readonly long? divisor_override;

        internal AvgPool2d((long, long) kernel_size, (long, long) stride, (long, long) padding, bool ceil_mode, bool count_include_pad,
            long? divisor_override) : base("AvgPool2d")
        {
            (this.kernel_size, this.stride, this.padding) = (kernel_size, stride, padding);
            (this.ceil_mode, this.count_include_pad, this.divisor_override) = (ceil_mode, count_include_pad, divisor_override);
        }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.avg_pool2d(
            input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
    }

    public sealed class AdaptiveAvgPool2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        /// <summary>Height and width.</summary>
        public long[] output_size { get; }

        internal AdaptiveAvgPool2d(long[] output_size) : base("AdaptiveAvgPool2d") => this.output_size = output_size;

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.adaptive_avg_pool2d(input, output_size);
    }
}
