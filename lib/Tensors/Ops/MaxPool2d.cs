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
            public static unsafe Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, bool ceil_mode = false)
            {
                if (ceil_mode || dilation is not null && dilation.Any(d => d != 1))
                    throw new NotSupportedException("max_pool2d: ceil_mode and dilation are not supported by the embedded engine");
                Tensor.RequireFloat("max_pool2d", input);
                if (input.ndim is not (3 or 4))
                    throw new ArgumentException($"max_pool2d: expected [N, C, H, W] or [C, H, W], got {Shape.Text(input.Sizes)}");
                var (kernel, stride, pad) = (Pair("max_pool2d", "kernel_size", kernel_size, 1),
                    Pair("max_pool2d", "strides", strides ?? kernel_size, 1), Pair("max_pool2d", "padding", padding, 0));
                RequireFits("max_pool2d", input.Sizes, kernel, stride, pad);
                if (pad.Item1 > kernel.Item1 / 2 || pad.Item2 > kernel.Item2 / 2)
                    throw new ArgumentException($"max_pool2d: padding {pad} is more than half of the kernel {kernel}");

                var (height, width) = ((int)input.Sizes[^2], (int)input.Sizes[^1]);
                var (rows, columns) =
                    ((height + 2 * pad.Item1 - kernel.Item1) / stride.Item1 + 1, (width + 2 * pad.Item2 - kernel.Item2) / stride.Item2 + 1);
                var planes = input.Count / (height * width);
                var y = Tensor.Empty("max_pool2d", [.. input.Sizes[..^2], rows, columns]);
                var places = Tensor.Empty("max_pool2d", y.Sizes, ScalarType.Int64);
                Threads.For(planes, plane =>
                {
                    var x = input.Floats + (nint)plane * height * width;
                    for (var i = 0; i < rows * columns; i++)
                    {
                        var (top, left) = (i / columns * stride.Item1 - pad.Item1, i % columns * stride.Item2 - pad.Item2);
                        var (best, place) = (float.NegativeInfinity, -1);
                        for (var r = Math.Max(0, top); r < Math.Min(height, top + kernel.Item1); r++)
                            for (var c = Math.Max(0, left); c < Math.Min(width, left + kernel.Item2); c++)
                                if (place < 0 || x[r * width + c] > best || float.IsNaN(x[r * width + c]))
                                    (best, place) = (x[r * width + c], r * width + c);
                        y.Floats[plane * rows * columns + i] = best;
                        places.Pointer<long>()[plane * rows * columns + i] = place;
                    }
                });
                var source = input.shape;
                return Node.Record("max_pool2d", y, [places], (input, (g, s) =>
                {
                    var dx = zeros(source);
                    Threads.For(planes, plane =>
                    {
                        for (var i = plane * rows * columns; i < (plane + 1) * rows * columns; i++)
                            dx.Floats[(nint)plane * height * width + s[0].Pointer<long>()[i]] += g.Floats[i];
                    });
                    return dx;
                }));
            }

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null) =>
                max_pool2d(input, [kernel_size], stride is { } s ? [s] : null, padding is { } p ? [p] : null);
        }
    }
}
