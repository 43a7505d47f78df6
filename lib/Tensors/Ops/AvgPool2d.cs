using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>The mean of each window: <c>[N, C, H, W]</c> to <c>[N, C, OH, OW]</c>.</summary>
            /// <param name="stride">The kernel's size by default.</param>
            /// <param name="padding">Zeros on each side, at most half of the kernel; 0 by default.</param>
            /// <param name="ceil_mode">Whether the last window may go beyond the image.</param>
            /// <param name="count_include_pad">Whether the padding counts in the mean.</param>
            /// <param name="divisor_override">What sums are divided by; by default, the number of elements that count.</param>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
            {
                if (divisor_override == 0)
                    throw new ArgumentException("avg_pool2d: divisor_override must not be 0");
                var (kernel, rows, columns) = Pools("avg_pool2d", input, kernel_size, stride, padding, null, ceil_mode);
                var (steps, pad) = (Pair("avg_pool2d", "stride", stride ?? kernel_size, 1), Pair("avg_pool2d", "padding", padding, 0));
                var (heights, widths) = count_include_pad
                    ? (Padded(rows, (int)input.Sizes[^2], kernel.Height, steps.Item1, pad.Item1),
                        Padded(columns, (int)input.Sizes[^1], kernel.Width, steps.Item2, pad.Item2))
                    : (Lengths(rows), Lengths(columns));
                return Average("avg_pool2d", input, rows, columns, Divisors(heights, widths, divisor_override));
            }

            /// <inheritdoc cref="avg_pool2d(Tensor, long[], long[], long[], bool, bool, long?)"/>
            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, [kernel_size], Both(stride), [padding], ceil_mode, count_include_pad, divisor_override);

            /// <inheritdoc cref="avg_pool2d(Tensor, long[], long[], long[], bool, bool, long?)"/>
            public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(
                    input, Both(kernel_size)!, Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

            /// <summary>
            /// The means of as many windows as <paramref name="output_size"/> says: window i of n goes from floor(i H / n) to
            /// ceil((i + 1) H / n).
            /// </summary>
            /// <param name="output_size">One number or (height, width).</param>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size)
            {
                RequireImages("adaptive_avg_pool2d", input);
                var (height, width) = Pair("adaptive_avg_pool2d", "output_size", output_size, 1);
                if (height < 1 || width < 1 || input.Sizes[^2] < 1 || input.Sizes[^1] < 1)
                    throw new ArgumentException(
                        $"adaptive_avg_pool2d: output_size ({height}, {width}) and input {Shape.Text(input.Sizes)} must not be empty");
                var (rows, columns) = (Windows.Adaptive((int)input.Sizes[^2], height), Windows.Adaptive((int)input.Sizes[^1], width));
                return Average("adaptive_avg_pool2d", input, rows, columns, Divisors(Lengths(rows), Lengths(columns), null));
            }

            /// <inheritdoc cref="adaptive_avg_pool2d(Tensor, long[])"/>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, [output_size]);

            /// <inheritdoc cref="adaptive_avg_pool2d(Tensor, long[])"/>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, Both(output_size)!);

            private static unsafe Tensor Average(string op, Tensor input, Windows rows, Windows columns, float[] divisors)
            {
                var y = Tensor.EmptyImages(op, [.. input.Sizes[..^2], rows.Count, columns.Count], input.IsChannelsLast);
                if (Lengths(rows) is [var height] && Lengths(columns) is [var width]
                    && (height, width) == (input.Sizes[^2], input.Sizes[^1]))
                    PlaneMeans(input, height * width, divisors[0], y);
                else
                    Pooling.Average(Images(input), rows, columns, divisors, Images(y));
                GC.KeepAlive(input);
                var (source, channelsLast) = (input.shape, input.IsChannelsLast);
                return Node.Record(op, y, [], (input, (g, _) =>
                {
                    var dx = Tensor.EmptyImages(op, source, channelsLast);
                    Pooling.AverageGradient(Images(g), rows, columns, divisors, Images(dx));
                    return dx;
                }));
            }

            /// <summary>One window that is the whole image: without windows, a plane's sum needs no detour.</summary>
            private static unsafe void PlaneMeans(Tensor input, int pixels, float divisor, Tensor y)
            {
                BatchNorm.PlaneSums(input.Unordered, new ImageShape(input.ndim == 3 ? 1 : (int)input.Sizes[0],
                    (int)input.Sizes[^3], pixels, input.IsChannelsLast), y.Floats);
                y.div_(divisor);
            }

            private static int[] Lengths(Windows windows) => [.. windows.Starts.Zip(windows.Ends, (start, end) => end - start)];

            /// <summary>How long each window is with its part of the padding.</summary>
            private static int[] Padded(Windows windows, int length, int kernel, int stride, int padding) =>
                [.. Enumerable.Range(0, windows.Count).Select(i => Math.Min(kernel, length + 2 * padding - i * stride))];

            private static float[] Divisors(int[] heights, int[] widths, long? given) =>
                [.. heights.SelectMany(h => widths.Select(w => given ?? (float)(h * w)))];
        }
    }
}
