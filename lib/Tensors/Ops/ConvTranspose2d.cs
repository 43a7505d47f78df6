using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// The transpose of a convolution, its input gradient: x <c>[N, C, H, W]</c>, w <c>[C, O / groups, KH, KW]</c>, b <c>[O]</c>,
            /// result <c>[N, O, OH, OW]</c> with OH = (H - 1) * stride - 2 * padding + dilation * (KH - 1) + output_padding + 1.
            /// </summary>
            /// <param name="output_padding">Rows and columns more at the end; less than stride or dilation.</param>
            public static unsafe Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1)
            {
                if (input.ndim == 3)
                    return conv_transpose2d(
                        input.unsqueeze(0), weight, bias, strides, padding, output_padding, dilation, groups).squeeze(0);
                const string op = "conv_transpose2d";
                Tensor.RequireFloat(op, input);
                Tensor.RequireFloat(op, weight);
                if (input.ndim != 4 || weight.ndim != 4 || groups < 1 || input.Sizes[1] != weight.Sizes[0] || weight.Sizes[0] % groups != 0
                    || (bias is not null && (bias.ndim != 1 || bias.Sizes[0] != weight.Sizes[1] * groups)))
                    throw new ArgumentException(
                        $"{op}: input {Shape.Text(input.Sizes)}, weight {Shape.Text(weight.Sizes)}"
                        + $"{(bias is null ? "" : $", bias {Shape.Text(bias.Sizes)}")}; "
                        + $"expected [N, C, H, W], [C, O / {groups}, KH, KW]{(bias is null ? "" : ", [O]")}");
                var (stride, pad, more, apart) = (Pair(op, "strides", strides, 1), Pair(op, "padding", padding, 0),
                    Pair(op, "output_padding", output_padding, 0), Pair(op, "dilation", dilation, 1));
                if (more.Item1 < 0 || more.Item2 < 0 || more.Item1 >= Math.Max(stride.Item1, apart.Item1)
                    || more.Item2 >= Math.Max(stride.Item2, apart.Item2))
                    throw new ArgumentException($"{op}: output_padding {more} must be smaller than stride {stride} or dilation {apart}");
                long Size(long size, int stride, int pad, int more, int apart, long kernel) =>
                    (size - 1) * stride - 2 * pad + apart * (kernel - 1) + more + 1;
                long[] sizes = [input.Sizes[0], weight.Sizes[1] * groups,
                    Size(input.Sizes[2], stride.Item1, pad.Item1, more.Item1, apart.Item1, weight.Sizes[2]),
                    Size(input.Sizes[3], stride.Item2, pad.Item2, more.Item2, apart.Item2, weight.Sizes[3])];
                var kernel = ((int)weight.Sizes[2], (int)weight.Sizes[3]);
                if (sizes[2] < 1 || sizes[3] < 1)
                    throw new ArgumentException($"{op}: input {Shape.Text(input.Sizes)} gives an output of {Shape.Text(sizes)}");
                RequireFits(op, sizes, kernel, stride, pad, apart);

                // The convolution whose input is this op's output.
                var shape = new GroupedConvolution(new Convolution((int)sizes[0], (int)sizes[1], (int)sizes[2], (int)sizes[3],
                    (int)weight.Sizes[0], kernel, stride, pad, apart) { Output = ((int)input.Sizes[2], (int)input.Sizes[3]) }, (int)groups);
                var y = Tensor.Empty(op, sizes);
                shape.InputGradient(weight, OfImages(input), Images(y));
                if (bias is not null)
                    y.AddToChannels(bias);
                var edges = new List<(Tensor, Gradient)>
                {
                    (input, (g, s) =>
                    {
                        var dx = Tensor.EmptyAs(op, s[0]);
                        shape.Forward(Images(g), s[1], new Store(Images(dx), bias: null));
                        return dx;
                    }),
                    (weight, (g, s) =>
                    {
                        var dw = empty_like(s[1]);
                        shape.WeightGradient(Images(g), OfImages(s[0]), dw.Floats);
                        return dw;
                    }),
                };
                if (bias is not null)
                    edges.Add((bias, (g, _) => g.sum([0, 2, 3])));
                return Node.Record(op, y, [input, weight], [.. edges]);
            }
        }
    }
}
