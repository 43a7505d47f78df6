using Fgsm.Tensors.Kernels.Convolutions;

namespace Fgsm.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>
            /// (x - mean) / sqrt(var + eps) * weight + bias for each channel of x <c>[N, C, ...]</c>; all else is <c>[C]</c>. In
            /// training, mean and variance are those of the batch; else the running ones.
            /// </summary>
            /// <param name="running_mean">In training it becomes (1 - momentum) of itself and momentum of the batch's. May be null.</param>
            /// <param name="running_var">Likewise, with the batch's variance divided by n - 1.</param>
            /// <exception cref="ArgumentException">Training has only one value for each channel, or a shape does not fit.</exception>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null,
                Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                batch_norm<NoActivation>(input, running_mean, running_var, weight, bias, training, momentum, eps);

            /// <summary>Batch normalisation and an activation in one pass; the same bits as the two ops one after the other.</summary>
            internal static unsafe Tensor batch_norm<TActivation>(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight,
                Tensor? bias, bool training, double momentum, double eps) where TActivation : struct, IActivation
            {
                Tensor.RequireFloat("batch_norm", input);
                if (input.ndim < 2)
                    throw new ArgumentException($"batch_norm: expected [N, C, ...], got {Shape.Text(input.Sizes)}");
                var shape = new ImageShape((int)input.Sizes[0], (int)input.Sizes[1], Shape.Product(input.Sizes[2..]), input.IsChannelsLast);
                (string, Tensor?)[] ofChannels =
                    [("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)];
                foreach (var (name, tensor) in ofChannels)
                    if (tensor is not null && (tensor.ndim != 1 || tensor.Sizes[0] != shape.Channels))
                        throw new ArgumentException($"batch_norm: {name} is {Shape.Text(tensor.Sizes)}, "
                            + $"expected [{shape.Channels}] for input {Shape.Text(input.Sizes)}");
                var count = (double)shape.Images * shape.Pixels;
                if (training && count == 1)
                    throw new ArgumentException(
                        $"batch_norm: expected more than 1 value per channel when training, got input {Shape.Text(input.Sizes)}");
                if (!training && (running_mean is null || running_var is null))
                    throw new ArgumentException("batch_norm: expected running_mean and running_var to be given outside of training");

                var (mean, variance) = training
                    ? BatchStatistics(input, shape, running_mean, running_var, momentum)
                    : (Doubles(running_mean!), Doubles(running_var!));
                var inverse = Array.ConvertAll(variance, v => 1 / Math.Sqrt(v + eps));
                var numbers = Numbers(mean, inverse, weight, bias);
                var y = Tensor.EmptyAs("batch_norm", input);
                ChannelMap.Run<BatchNorm.Normalise<TActivation>>(
                    input.Unordered, input.Unordered, y.Unordered, shape, numbers.Floats);
                GC.KeepAlive(input);

                // The sums over the gradient serve all three inputs; each backward pass comes with a gradient of its own.
                (Tensor Gradient, double[] Sum, double[] Product)? known = null;
                (double[] Sum, double[] Product) Sums(Tensor g, Tensor[] s)
                {
                    if (known?.Gradient != g)
                    {
                        var order = shape with { ChannelsLast = Tensor.ShareChannelsLast(g, s[0]) };
                        var (sum, product) =
                            BatchNorm.GradientSums<TActivation>(g.Unordered, s[0].Unordered, order, s[1].Floats, mean);
                        known = (g, sum, product);
                    }
                    return (known.Value.Sum, known.Value.Product);
                }
                var edges = new List<(Tensor, Gradient)>
                {
                    (input, (g, s) =>
                    {
                        var order = shape with { ChannelsLast = Tensor.ShareChannelsLast(g, s[0]) };
                        var dx = Tensor.EmptyAs("batch_norm", s[0]);
                        if (!training)
                        {
                            ChannelMap.Run<BatchNorm.ConstantGradient<TActivation>>(
                                g.Unordered, s[0].Unordered, dx.Unordered, order, s[1].Floats);
                            return dx;
                        }
                        for (var c = 0; c < shape.Channels; c++)
                        {
                            var (sum, product) = Sums(g, s);
                            var scale = s[1].Floats[shape.Channels + c];
                            var slope = -scale * product[c] * inverse[c] * inverse[c] / count;
                            s[1].Floats[3 * shape.Channels + c] = (float)slope;
                            s[1].Floats[4 * shape.Channels + c] = (float)(-scale * sum[c] / count + slope * (s[1].Floats[c] - mean[c]));
                        }
                        ChannelMap.Run<BatchNorm.InputGradient<TActivation>>(
                            g.Unordered, s[0].Unordered, dx.Unordered, order, s[1].Floats);
                        return dx;
                    }),
                };
                if (weight is not null)
                    edges.Add((weight, (g, s) => Floats(Sums(g, s).Product.Select((product, c) => product * inverse[c]))));
                if (bias is not null)
                    edges.Add((bias, (g, s) => Floats(Sums(g, s).Sum)));
                return Node.Record("batch_norm", y, [input, numbers], [.. edges]);
            }

            /// <summary>For each channel mean, scale, bias, and what the input gradient needs: <c>[5, C]</c>.</summary>
            private static Tensor Numbers(double[] mean, double[] inverse, Tensor? weight, Tensor? bias)
            {
                var (w, b) = (weight is null ? null : Doubles(weight), bias is null ? null : Doubles(bias));
                var (numbers, channels) = (zeros(ChannelMap.Numbers, mean.Length), mean.Length);
                var p = numbers.Span<float>();
                for (var c = 0; c < channels; c++)
                {
                    p[c] = (float)mean[c];
                    p[channels + c] = (float)((w?[c] ?? 1) * inverse[c]);
                    // The rounding of a large mean must not move the result.
                    p[2 * channels + c] = (float)((b?[c] ?? 0) + (p[c] - mean[c]) * p[channels + c]);
                }
                return numbers;
            }

            /// <summary>
            /// Convolution, batch normalisation in evaluation and an activation in one pass over each image, without a gradient; the same
            /// bits as the ops one after the other.
            /// </summary>
            internal static unsafe Tensor conv2d_batch_norm<TActivation>(
                Tensor input, Modules.Conv2d conv, Modules.BatchNorm2d norm, bool channelsLast) where TActivation : struct, IActivation
            {
                var shape = Geometry(input, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, conv.groups);
                var y = Empty("batch_norm", shape.Shape, shape.Shape.Output, channelsLast);
                using var numbers = Numbers(Doubles(norm.running_mean!),
                    Array.ConvertAll(Doubles(norm.running_var!), v => 1 / Math.Sqrt(v + norm.eps)), norm.weight, norm.bias);
                shape.Forward(Images(input), conv.weight, new StoreNormalised<TActivation>(
                    Images(y), conv.bias is null ? null : conv.bias.Floats, numbers.Floats));
                GC.KeepAlive(input);
                return y;
            }

            private static unsafe (double[] Mean, double[] Variance) BatchStatistics(
                Tensor input, ImageShape shape, Tensor? running_mean, Tensor? running_var, double momentum)
            {
                var count = (double)shape.Images * shape.Pixels;
                var (mean, squares) = BatchNorm.Statistics(input.Unordered, shape);
                Follow(running_mean, mean);
                Follow(running_var, Array.ConvertAll(squares, s => s / (count - 1)));
                return (mean, Array.ConvertAll(squares, s => s / count));

                void Follow(Tensor? running, double[] batch)
                {
                    running?.BeginInPlace("batch_norm");
                    for (var c = 0; running is not null && c < batch.Length; c++)
                        running.Floats[c] = (float)(momentum * batch[c] + (1 - momentum) * running.Floats[c]);
                }
            }

            private static double[] Doubles(Tensor tensor) => Array.ConvertAll(tensor.Span<float>().ToArray(), x => (double)x);
            private static Tensor Floats(IEnumerable<double> values) => tensor([.. values.Select(v => (float)v)]);
        }
    }
}
