using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// The maximum of each window: <c>[N, C, H, W]</c> to <c>[N, C, OH, OW]</c>. The first of equal maxima takes the gradient.
            /// </summary>
            /// <param name="strides">The kernel's size by default.</param>
            /// <param name="padding">At most half of the kernel; what it adds never wins.</param>
            /// <param name="dilation">The distance of a window's elements; 1 by default.</param>
            /// <param name="ceil_mode">Whether the last window may go beyond the image.</param>
            public static unsafe Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, bool ceil_mode = false)
            {
                var (kernel, rows, columns) = Pools("max_pool2d", input, kernel_size, strides, padding, dilation, ceil_mode);
                var y = Tensor.EmptyImages("max_pool2d", [.. input.Sizes[..^2], rows.Count, columns.Count], input.IsChannelsLast);
                var places = GradMode.Enabled ? Tensor.EmptyAs("max_pool2d", y) : null;
                Pooling.Max(Images(input), rows, columns, kernel.Width, Images(y), places is null ? null : Images(places));
                GC.KeepAlive(input);
                var (source, channelsLast) = (input.shape, input.IsChannelsLast);
                return Node.Record("max_pool2d", y, places is null ? [] : [places], (input, (g, s) =>
                {
                    var dx = Tensor.EmptyImages("max_pool2d", source, channelsLast);
                    Pooling.MaxGradient(Images(g), Images(s[0]), rows, columns, kernel.Width, Images(dx));
                    return dx;
                }));
            }

            /// <inheritdoc cref="max_pool2d(Tensor, long[], long[], long[], long[], bool)"/>
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null,
                long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size], Both(stride), Both(padding), Both(dilation), ceil_mode);

            /// <inheritdoc cref="max_pool2d(Tensor, long[], long[], long[], long[], bool)"/>
            public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Both(kernel_size)!, Both(stride), Both(padding), Both(dilation), ceil_mode);

            private static ((int Height, int Width) Kernel, Windows Rows, Windows Columns) Pools(string op, Tensor input,
                long[] kernel_size, long[]? strides, long[]? padding, long[]? dilation, bool ceil_mode)
            {
                RequireImages(op, input);
                var (kernel, stride) = (Pair(op, "kernel_size", kernel_size, 1), Pair(op, "strides", strides ?? kernel_size, 1));
                var (pad, apart) = (Pair(op, "padding", padding, 0), Pair(op, "dilation", dilation, 1));
                RequireFits(op, input.Sizes, kernel, stride, pad, apart);
                if (pad.Item1 > kernel.Item1 / 2 || pad.Item2 > kernel.Item2 / 2)
                    throw new ArgumentException($"{op}: padding {pad} is more than half of the kernel {kernel}");
                return (kernel, Windows.Of((int)input.Sizes[^2], kernel.Item1, stride.Item1, pad.Item1, apart.Item1, ceil_mode),
                    Windows.Of((int)input.Sizes[^1], kernel.Item2, stride.Item2, pad.Item2, apart.Item2, ceil_mode));
            }

            private static void RequireImages(string op, Tensor input)
            {
                Tensor.RequireFloat(op, input);
                if (input.ndim is not (3 or 4))
                    throw new ArgumentException($"{op}: expected [N, C, H, W] or [C, H, W], got {Shape.Text(input.Sizes)}");
            }

            private static long[]? Both(long? size) => size is { } s ? [s] : null;
            private static long[]? Both((long Height, long Width)? sizes) => sizes is { } s ? [s.Height, s.Width] : null;
        }
    }
}
