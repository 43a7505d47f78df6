namespace Fgsm.Certified;

/// <summary>
/// A model in eval mode as a list of layers in float64, without rounding its weights: what bounds are computed for.
/// </summary>
/// <param name="Input">The size of its images.</param>
internal sealed record LayeredNetwork(ImageSize Input, IReadOnlyList<Layer> Layers)
{
    /// <summary>The number of logits.</summary>
    public int Classes => Layers.Count == 0 ? Input.Values : Layers[^1].Outputs;

    /// <summary>The most values that any layer has.</summary>
    public int Largest => Layers.Select(layer => Math.Max(layer.Inputs, layer.Outputs)).Append(Input.Values).Max();

    /// <param name="images">Of the size that the model takes, <c>[N, C, H, W]</c>.</param>
    /// <exception cref="NotSupportedException">The model has a layer, or an option of one, that there are no bounds for.</exception>
    public static LayeredNetwork Of(nn.Module<Tensor, Tensor> model, Tensor images)
    {
        if (images.ndim != 4)
            throw new ArgumentException($"Certified: expected images [N, C, H, W], got [{string.Join(", ", images.shape)}]");
        var input = new ImageSize((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        var (layers, size) = Layered(model, input);
        return size.Height * size.Width == 1 || size.Channels == 1 ? new(input, layers)
            : throw new NotSupportedException("Certified: the model does not end in logits [N, classes]");
    }

    private static (List<Layer> Layers, ImageSize Size) Layered(nn.Module model, ImageSize size)
    {
        var layers = new List<Layer>();
        foreach (var module in Parts(model))
            switch (module)
            {
                case Flatten or Dropout or Dropout2d or Identity:
                    break;
                case ReLU:
                    layers.Add(new ReluLayer(size.Values));
                    break;
                case Normalize normalize:
                    layers.Add(Scale(size, normalize));
                    break;
                case BatchNorm2d norm:
                    layers.Add(Scale(size, norm));
                    break;
                case MaxPool2d pool:
                    (var pooling, size) = Pooling(size, pool);
                    layers.Add(pooling);
                    break;
                case Conv2d conv:
                    (var convolution, size) = Convolution(size, conv);
                    layers.Add(convolution);
                    break;
                case Linear linear:
                    var vector = new ImageSize((int)linear.out_features, 1, 1);
                    layers.Add(new ConvolutionLayer(new(size.Values, 1, 1), vector, (1, 1), (1, 1), (0, 0),
                        size.ChannelsLast(Floats(linear.weight)), Bias(linear.bias, vector.Channels)));
                    size = vector;
                    break;
                case Residual residual:
                    var (body, sum) = Layered(residual.Body, size);
                    var (shortcut, other) = residual.Shortcut is null ? ([], size) : Layered(residual.Shortcut, size);
                    if (other != sum)
                        throw new NotSupportedException("Certified: the branches of a Residual differ in shape");
                    // (x, x), (x, body), (shortcut, body), their sum.
                    layers.Add(new ForkLayer(size.Values));
                    layers.AddRange(body.Select(layer => new BesideLayer(size.Values, layer, 0)));
                    layers.AddRange(shortcut.Select(layer => new BesideLayer(0, layer, sum.Values)));
                    layers.Add(new SumLayer(sum.Values));
                    size = sum;
                    break;
                default:
                    throw new NotSupportedException($"Certified: there are no bounds for {module.GetType().Name}; there are for Sequential, "
                        + "Residual, Conv2d, Linear, ReLU, MaxPool2d, BatchNorm2d, Normalize, Flatten, Dropout and Identity");
            }
        return (layers, size);
    }

    /// <summary>The layers of a model, which may be nested.</summary>
    internal static IEnumerable<nn.Module> Parts(nn.Module model) =>
        model is Sequential ? model.children().SelectMany(Parts) : [model];

    private static float[] Floats(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    private static double[] Bias(Tensor? bias, int count) =>
        bias is null ? new double[count] : Array.ConvertAll(Floats(bias), b => (double)b);

    private static ScaleLayer Scale(ImageSize size, Normalize normalize)
    {
        double[] factor = [.. normalize.Std.Select(std => 1.0 / std)];
        double[] summand = [.. normalize.Mean.Zip(normalize.Std, (mean, std) => -(double)mean / std)];
        return new(size.Values, factor, summand, Array.ConvertAll(summand, Math.Abs));
    }

    private static ScaleLayer Scale(ImageSize size, BatchNorm2d norm)
    {
        if (norm.running_mean is null || norm.running_var is null)
            throw new NotSupportedException("Certified: a BatchNorm2d without running statistics depends on the batch");
        var (mean, variance, channels) = (Floats(norm.running_mean), Floats(norm.running_var), size.Channels);
        var weight = norm.weight is null ? [.. Enumerable.Repeat(1f, channels)] : Floats(norm.weight);
        var bias = Bias(norm.bias, channels);
        double[] factor = [.. variance.Zip(weight, (v, w) => w / Math.Sqrt(v + norm.eps))];
        double[] summand = [.. factor.Select((f, c) => bias[c] - mean[c] * f)];
        return new(size.Values, factor, summand, [.. factor.Select((f, c) => Math.Abs(bias[c]) + 2 * Math.Abs(mean[c] * f))]);
    }

    private static (ConvolutionLayer, ImageSize) Convolution(ImageSize size, Conv2d conv)
    {
        if (conv.groups != 1 || Pair(conv.dilation, 1) != (1, 1) || conv.padding is null)
            throw new NotSupportedException("Certified: there are no bounds for a Conv2d with groups or dilation");
        var (kernel, stride, padding) = (Pair(conv.kernel_size, 1), Pair(conv.stride, 1), Pair(conv.padding, 0));
        var output = size.After((int)conv.out_channels, kernel, stride, padding);
        var weight = new ImageSize(size.Channels, kernel.Height, kernel.Width).ChannelsLast(Floats(conv.weight));
        return (new(size, output, kernel, stride, padding, weight, Bias(conv.bias, output.Channels)), output);
    }

    private static (MaxPoolLayer, ImageSize) Pooling(ImageSize size, MaxPool2d pool)
    {
        var kernel = Pair(pool.kernel_size, 1);
        var (stride, padding) = (pool.stride is null ? kernel : Pair(pool.stride, 1), Pair(pool.padding, 0));
        if (Pair(pool.dilation, 1) != (1, 1) || pool.ceil_mode)
            throw new NotSupportedException("Certified: there are no bounds for a MaxPool2d with dilation or ceil_mode");
        var output = size.After(size.Channels, kernel, stride, padding);
        int[] Window(int value)
        {
            var (channel, column, row) = (value % output.Channels, value / output.Channels % output.Width,
                value / output.Channels / output.Width);
            return [.. from y in Enumerable.Range(row * stride.Height - padding.Height, kernel.Height)
                       from x in Enumerable.Range(column * stride.Width - padding.Width, kernel.Width)
                       where y >= 0 && y < size.Height && x >= 0 && x < size.Width
                       select (y * size.Width + x) * size.Channels + channel];
        }
        return (new(size.Values, [.. Enumerable.Range(0, output.Values).Select(Window)]), output);
    }

    /// <summary>A size that may be given once for both directions.</summary>
    internal static (int Height, int Width) Pair(long[]? values, int missing) => values switch
    {
        null or [] => (missing, missing),
        [var both] => ((int)both, (int)both),
        [var height, var width, ..] => ((int)height, (int)width),
    };
}
