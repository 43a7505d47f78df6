using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// 2D convolution: x <c>[N, C, H, W]</c>, w <c>[O, C / groups, KH, KW]</c>, b <c>[O]</c>, result <c>[N, O, OH, OW]</c>.
            /// </summary>
            /// <param name="strides">One number or (height, width); 1 by default.</param>
            /// <param name="padding">Zeros on each side; 0 by default.</param>
            /// <param name="dilation">The distance of a filter's terms; 1 by default.</param>
            /// <param name="groups">Into how many parts channels and filters fall that do not see each other.</param>
            public static unsafe Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                if (input.ndim == 3)
                    return conv2d(input.unsqueeze(0), weight, bias, strides, padding, dilation, groups).squeeze(0);
                var shape = Geometry(input, weight, bias, strides, padding, dilation, groups);
                var y = Empty("conv2d", shape.Shape, shape.Shape.Output, channelsLast: true);
                shape.Forward(Images(input), weight, new Store(Images(y), bias is null ? null : bias.Floats));
                GC.KeepAlive(input);
                return Record(shape, y, input, weight, bias);
            }

            /// <summary>Convolution and ReLU in one pass over each image; the same bits as the two ops one after the other.</summary>
            /// <param name="channelsLast">Whether the result is to have the channels last in memory.</param>
            internal static unsafe Tensor conv2d_relu(Tensor input, Modules.Conv2d conv, bool channelsLast)
            {
                var shape = Geometry(input, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, conv.groups);
                var y = Empty("relu", shape.Shape, shape.Shape.Output, channelsLast);
                shape.Forward(Images(input), conv.weight,
                    new Store(Images(y), conv.bias is null ? null : conv.bias.Floats, relu: true));
                // The convolution's output before ReLU is not stored; its node is all that the gradient needs.
                using var convolution = new Tensor(y, 0, y.shape);
                Record(shape, convolution, input, conv.weight, conv.bias);
                return Node.Record("relu", y, [y], (convolution, (g, s) => Tensor.PassWherePositive(g, s[0])));
            }

            /// <summary>
            /// Convolution, ReLU and 2x2 max-pooling in one pass over each image; the same bits as the three ops one after the other.
            /// </summary>
            /// <inheritdoc cref="conv2d_relu"/>
            internal static unsafe Tensor conv2d_relu_max_pool2d(Tensor input, Modules.Conv2d conv, bool channelsLast)
            {
                var shape = Geometry(input, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, conv.groups);
                var y = Empty("max_pool2d", shape.Shape, (shape.Shape.Output.Height / 2, shape.Shape.Output.Width / 2), channelsLast);
                var places = GradMode.Enabled ? Tensor.EmptyAs("max_pool2d", y) : null;
                var epilogue =
                    new ReluMaxPool(conv.bias is null ? null : conv.bias.Floats, Images(y), places is null ? null : Images(places));
                shape.Forward(Images(input), conv.weight, epilogue);
                GC.KeepAlive(input);
                return Record(shape, y, input, conv.weight, conv.bias, places is null ? [] : [places], (g, s) => (part, filter) =>
                    ReluMaxPool.Upstream(part, Images(g).Slice(filter, part.Filters), Images(s[^1]).Slice(filter, part.Filters)));
            }

            private static Tensor Empty(string op, Convolution shape, (int Height, int Width) size, bool channelsLast) =>
                Tensor.EmptyImages(op, [shape.Images, shape.Filters, size.Height, size.Width], channelsLast);

            /// <summary>What the kernels see of <c>[N, C, H, W]</c> or <c>[C, H, W]</c>; the caller keeps the tensor alive.</summary>
            private static unsafe Activation Images(Tensor tensor) =>
                new(tensor.Unordered, tensor.ndim == 3 ? [1, .. tensor.Sizes] : tensor.Sizes, tensor.IsChannelsLast);

            private delegate GroupedConvolution.UpstreamOf UpstreamOf(Tensor gradient, Tensor[] saved);

            private static Tensor Record(GroupedConvolution shape, Tensor y, Tensor input, Tensor weight, Tensor? bias) =>
                Record(shape, y, input, weight, bias, [], (g, _) => OfImages(g));

            private static GroupedConvolution.UpstreamOf OfImages(Tensor gradient) => (part, filter) =>
                Upstream.Of(Images(gradient).Slice(filter, part.Filters));

            private static unsafe Tensor Record(
                GroupedConvolution shape, Tensor y, Tensor input, Tensor weight, Tensor? bias, Tensor[] saved, UpstreamOf upstream)
            {
                var edges = new List<(Tensor, Gradient)>
                {
                    (input, (g, s) =>
                    {
                        var dx = Tensor.EmptyAs("conv2d", s[0]);
                        shape.InputGradient(s[1], upstream(g, s), Images(dx));
                        return dx;
                    }),
                    (weight, (g, s) =>
                    {
                        var dw = empty_like(s[1]);
                        shape.WeightGradient(Images(s[0]), upstream(g, s), dw.Floats);
                        return dw;
                    }),
                };
                if (bias is not null)
                    edges.Add((bias, (g, s) =>
                    {
                        var db = empty(shape.Shape.Filters);
                        upstream(g, s)(shape.Shape, 0).BiasGradient(shape.Shape, db.Floats);
                        return db;
                    }));
                return Node.Record("conv2d", y, [input, weight, .. saved], [.. edges]);
            }

            private static GroupedConvolution Geometry(
                Tensor input, Tensor weight, Tensor? bias, long[]? strides, long[]? padding, long[]? dilation, long groups)
            {
                Tensor.RequireFloat("conv2d", input);
                Tensor.RequireFloat("conv2d", weight);
                var sizes = input.Sizes;
                var channels = groups == 1 ? "C" : $"C / {groups}";
                if (sizes.Length != 4 || weight.ndim != 4 || groups < 1 || sizes[1] != weight.Sizes[1] * groups
                    || weight.Sizes[0] % groups != 0 || (bias is not null && (bias.ndim != 1 || bias.Sizes[0] != weight.Sizes[0])))
                    throw new ArgumentException(
                        $"conv2d: input {Shape.Text(sizes)}, weight {Shape.Text(weight.Sizes)}"
                        + $"{(bias is null ? "" : $", bias {Shape.Text(bias.Sizes)}")}; "
                        + $"expected [N, C, H, W], [O, {channels}, KH, KW]{(bias is null ? "" : ", [O]")}");
                var kernel = ((int)weight.Sizes[2], (int)weight.Sizes[3]);
                var (stride, pad, apart) = (Pair("conv2d", "strides", strides, 1), Pair("conv2d", "padding", padding, 0),
                    Pair("conv2d", "dilation", dilation, 1));
                RequireFits("conv2d", sizes, kernel, stride, pad, apart);
                return new(new Convolution((int)sizes[0], (int)sizes[1], (int)sizes[2], (int)sizes[3], (int)weight.Sizes[0], kernel, stride,
                    pad, apart), (int)groups);
            }

            private static void RequireFits(string op, ReadOnlySpan<long> sizes, (int Height, int Width) kernel,
                (int Height, int Width) stride, (int Height, int Width) padding, (int Height, int Width) dilation)
            {
                if (stride.Height < 1 || stride.Width < 1 || padding.Height < 0 || padding.Width < 0 || dilation.Height < 1
                    || dilation.Width < 1)
                    throw new ArgumentException(
                        $"{op}: stride {stride} and dilation {dilation} must be 1 or more and padding {padding} 0 or more");
                if (kernel.Height < 1 || kernel.Width < 1 || sizes[^2] + 2 * padding.Height <= dilation.Height * (kernel.Height - 1)
                    || sizes[^1] + 2 * padding.Width <= dilation.Width * (kernel.Width - 1))
                    throw new ArgumentException(
                        $"{op}: a {kernel.Height}x{kernel.Width} kernel{(dilation == (1, 1) ? "" : $" of dilation {dilation}")} "
                        + $"does not fit input {Shape.Text(sizes)} with padding ({padding.Height}, {padding.Width})");
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
