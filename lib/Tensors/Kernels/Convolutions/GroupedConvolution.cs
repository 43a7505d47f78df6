namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// A convolution whose channels and filters fall into groups that do not see each other: w <c>[O, C / groups, KH, KW]</c>.
/// <paramref name="shape"/> is that of the whole.
/// </summary>
internal sealed unsafe class GroupedConvolution(Convolution shape, int groups)
{
    private readonly Convolution part = groups == 1 ? shape : new(shape.Images, shape.Channels / groups, shape.Height, shape.Width,
        shape.Filters / groups, shape.Kernel, shape.Stride, shape.Padding, shape.Dilation) { Output = shape.Output };

    public Convolution Shape => shape;

    private bool IsDepthwise => groups > 1 && part is { Channels: 1, Filters: 1 };

    /// <summary>The gradient with respect to the output of some filters, of which <paramref name="part"/> is the convolution.</summary>
    public delegate Upstream UpstreamOf(Convolution part, int filter);

    public void Forward(Activation x, Filters weight, Epilogue epilogue)
    {
        if (IsDepthwise)
        {
            new Depthwise(shape).Forward(x.ReadPixels, weight.Data, epilogue);
            return;
        }
        for (var g = 0; g < groups; g++)
            part.Forward(x.Slice(g * part.Channels, part.Channels).ReadPixels, weight.From(g * part.Filters * part.Depth),
                groups == 1 ? epilogue : new OfGroup(epilogue, g * part.Filters));
    }

    public void InputGradient(Filters weight, UpstreamOf upstream, Activation dx)
    {
        if (IsDepthwise)
        {
            new Depthwise(shape).InputGradient(weight.Data, upstream(shape, 0).Pixels, dx);
            return;
        }
        for (var g = 0; g < groups; g++)
            part.InputGradient(weight.From(g * part.Filters * part.Depth), upstream(part, g * part.Filters),
                dx.Slice(g * part.Channels, part.Channels));
    }

    public void WeightGradient(Activation x, UpstreamOf upstream, float* dw)
    {
        if (IsDepthwise)
        {
            new Depthwise(shape).WeightGradient(x.ReadPixels, upstream(shape, 0).Pixels, dw);
            return;
        }
        for (var g = 0; g < groups; g++)
            part.WeightGradient(x.Slice(g * part.Channels, part.Channels).ReadPixels, upstream(part, g * part.Filters).Pixels,
                dw + g * part.Filters * part.Depth);
    }

    /// <summary>An epilogue of the whole, for the filters of a group.</summary>
    private sealed class OfGroup(Epilogue whole, int start) : Epilogue
    {
        public override void Band(int image, int filter, int filters, int row, int rows, float* band, int rowLength) =>
            whole.Band(image, start + filter, filters, row, rows, band, rowLength);
    }
}
