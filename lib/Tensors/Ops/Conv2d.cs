using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// 2D convolution: x <c>[N, C, H, W]</c>, w <c>[O, C, KH, KW]</c>, b <c>[O]</c>, result <c>[N, O, OH, OW]</c>.
            /// </summary>
            /// <param name="strides">One number or (height, width); 1 by default.</param>
            /// <param name="padding">Zeros on each side; 0 by default.</param>
            /// <exception cref="NotSupportedException">A dilation or groups other than 1.</exception>
            public static unsafe Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                if (groups != 1 || dilation is not null && dilation.Any(d => d != 1))
                    throw new NotSupportedException("conv2d: dilation and groups other than 1 are not supported by the embedded engine");
                if (input.ndim == 3)
                    return conv2d(input.unsqueeze(0), weight, bias, strides, padding).squeeze(0);
                var shape = Geometry(
                    input, channelsLast: false, weight, bias, Pair("conv2d", "strides", strides, 1), Pair("conv2d", "padding", padding, 0));
                var y = Empty("conv2d", shape, shape.Output, channelsLast: false);
                shape.Forward(Images(input, channelsLast: false).ReadPixels, weight.Floats,
                    new Store(Images(y, channelsLast: false), bias is null ? null : bias.Floats));
                return Record(shape, y, input, weight, bias, from: false, to: false);
            }

            /// <summary>Convolution and ReLU in one pass over each image; the same bits as the two ops one after the other.</summary>
            /// <param name="from">Whether the input has the channels last, <c>[N, H, W, C]</c>.</param>
            /// <param name="to">Whether the result is to have them last.</param>
            internal static unsafe Tensor conv2d_relu(
                Tensor input, Tensor weight, Tensor? bias, long[] strides, long[] padding, bool from, bool to)
            {
                var (stride, pad) = (Pair("conv2d", "strides", strides, 1), Pair("conv2d", "padding", padding, 0));
                var shape = Geometry(input, from, weight, bias, stride, pad);
                var y = Empty("relu", shape, shape.Output, to);
                shape.Forward(
                    Images(input, from).ReadPixels, weight.Floats, new Store(Images(y, to), bias is null ? null : bias.Floats, relu: true));
                // The convolution's output before ReLU is not stored; its node is all that the gradient needs.
                using var convolution = new Tensor(y, 0, y.shape);
                Record(shape, convolution, input, weight, bias, from, to);
                return Node.Record("relu", y, [y], (convolution, (g, s) => Tensor.PassWherePositive(g, s[0])));
            }

            /// <summary>
            /// Convolution, ReLU and 2x2 max-pooling in one pass over each image; the same bits as the three ops one after the other.
            /// </summary>
            /// <inheritdoc cref="conv2d_relu"/>
            internal static unsafe Tensor conv2d_relu_max_pool2d(
                Tensor input, Tensor weight, Tensor? bias, long[] strides, long[] padding, bool from, bool to)
            {
                var (stride, pad) = (Pair("conv2d", "strides", strides, 1), Pair("conv2d", "padding", padding, 0));
                var shape = Geometry(input, from, weight, bias, stride, pad);
                var y = Empty("max_pool2d", shape, (shape.Output.Height / 2, shape.Output.Width / 2), to);
                var places = GradMode.Enabled ? empty_like(y) : null;
                var epilogue =
                    new ReluMaxPool(bias is null ? null : bias.Floats, Images(y, to), places is null ? null : Images(places, to));
                shape.Forward(Images(input, from).ReadPixels, weight.Floats, epilogue);
                return Record(shape, y, input, weight, bias, from, places is null ? [] : [places], (g, s) =>
                    ReluMaxPool.Upstream(shape, Images(g, to), Images(s[^1], to)));
            }

            private static Tensor Empty(string op, Convolution shape, (int Height, int Width) size, bool channelsLast) =>
                Tensor.Empty(op, channelsLast
                ? [shape.Images, size.Height, size.Width, shape.Filters]
                : [shape.Images, shape.Filters, size.Height, size.Width]);

            /// <summary>What the kernels see of a tensor; the caller keeps the tensor alive.</summary>
            private static unsafe Activation Images(Tensor tensor, bool channelsLast) => new(tensor.Floats, tensor.Sizes, channelsLast);

            private delegate Upstream UpstreamOf(Tensor gradient, Tensor[] saved);

            private static Tensor Record(Convolution shape, Tensor y, Tensor input, Tensor weight, Tensor? bias, bool from, bool to) =>
                Record(shape, y, input, weight, bias, from, [], (g, _) => Upstream.Of(Images(g, to)));

            private static unsafe Tensor Record(
                Convolution shape, Tensor y, Tensor input, Tensor weight, Tensor? bias, bool from, Tensor[] saved, UpstreamOf upstream)
            {
                var edges = new List<(Tensor, Gradient)>
                {
                    (input, (g, s) =>
                    {
                        var dx = empty_like(s[0]);
                        shape.InputGradient(s[1].Floats, upstream(g, s), Images(dx, from));
                        return dx;
                    }),
                    (weight, (g, s) =>
                    {
                        var dw = empty_like(s[1]);
                        shape.WeightGradient(Images(s[0], from).ReadPixels, upstream(g, s).Pixels, dw.Floats);
                        return dw;
                    }),
                };
                if (bias is not null)
                    edges.Add((bias, (g, s) =>
                    {
                        var db = empty(shape.Filters);
                        upstream(g, s).BiasGradient(shape, db.Floats);
                        return db;
                    }));
                return Node.Record("conv2d", y, [input, weight, .. saved], [.. edges]);
            }

            private static Convolution Geometry(
                Tensor input, bool channelsLast, Tensor weight, Tensor? bias, (int, int) stride, (int, int) padding)
            {
                Tensor.RequireFloat("conv2d", input);
                Tensor.RequireFloat("conv2d", weight);
                ReadOnlySpan<long> sizes = channelsLast ? [input.Sizes[0], input.Sizes[3], input.Sizes[1], input.Sizes[2]] : input.Sizes;
                if (sizes.Length != 4 || weight.ndim != 4 || sizes[1] != weight.Sizes[1]
                    || (bias is not null && (bias.ndim != 1 || bias.Sizes[0] != weight.Sizes[0])))
                    throw new ArgumentException(
                        $"conv2d: input {Shape.Text(sizes)}, weight {Shape.Text(weight.Sizes)}"
                        + $"{(bias is null ? "" : $", bias {Shape.Text(bias.Sizes)}")}; "
                        + $"expected [N, C, H, W], [O, C, KH, KW]{(bias is null ? "" : ", [O]")}");
                var kernel = ((int)weight.Sizes[2], (int)weight.Sizes[3]);
                RequireFits("conv2d", sizes, kernel, stride, padding);
                return new Convolution((int)sizes[0], (int)sizes[1], (int)sizes[2], (int)sizes[3], (int)weight.Sizes[0], kernel, stride,
                    padding);
            }

            private static void RequireFits(string op, ReadOnlySpan<long> sizes, (int Height, int Width) kernel,
                (int Height, int Width) stride, (int Height, int Width) padding)
            {
                if (stride.Height < 1 || stride.Width < 1 || padding.Height < 0 || padding.Width < 0)
                    throw new ArgumentException($"{op}: stride {stride} must be 1 or more and padding {padding} 0 or more");
                if (kernel.Height < 1 || kernel.Width < 1 || sizes[^2] + 2 * padding.Height < kernel.Height
                    || sizes[^1] + 2 * padding.Width < kernel.Width)
                    throw new ArgumentException(
                        $"{op}: a {kernel.Height}x{kernel.Width} kernel does not fit input {Shape.Text(sizes)} "
                        + $"with padding ({padding.Height}, {padding.Width})");
            }

            private static (int, int) Pair(string op, string name, long[]? values, long missing) => values switch
            {
                null or [] => ((int)missing, (int)missing),
                [var both] => ((int)both, (int)both),
                [var height, var width] => ((int)height, (int)width),
                _ => throw new ArgumentException($"{op}: {name} has {values.Length} numbers; expected 1 or 2"),
            };
        }
    }
}
