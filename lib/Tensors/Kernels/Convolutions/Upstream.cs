namespace Fgsm.Tensors;

/// <summary>The gradient with respect to a convolution's output, in the order that suits the kernel.</summary>
internal sealed unsafe record Upstream(ChannelsLast.Source Pixels, Upstream.PlanesSource Planes)
{
    /// <summary>
    /// Writes <paramref name="rows"/> rows of one image, from row <paramref name="first"/> on, which is even: the rows of filter o
    /// one after the other, from <c>target + o * pitch</c> on.
    /// </summary>
    public delegate void PlanesSource(int image, int first, int rows, float* target, int pitch);

    /// <summary>Of a gradient [N, O, OH, OW].</summary>
    public static Upstream Of(torch.Tensor gradient)
    {
        var (filters, height, width) = ((int)gradient.Sizes[1], (int)gradient.Sizes[2], (int)gradient.Sizes[3]);
        return new(ChannelsLast.Images(gradient), (image, first, rows, target, pitch) =>
        {
            var source = gradient.Floats + ((nint)image * filters * height + first) * width;
            for (var o = 0; o < filters; o++)
                new ReadOnlySpan<float>(source + o * height * width, rows * width).CopyTo(new Span<float>(target + o * pitch, rows * width));
        });
    }
}
