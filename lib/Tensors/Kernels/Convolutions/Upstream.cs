namespace Fgsm.Tensors;

/// <summary>The gradient with respect to a convolution's output, in the order that suits the kernel.</summary>
internal sealed unsafe record Upstream(ChannelsLast.Source Pixels, Upstream.PlanesSource Planes)
{
    /// <summary>Some rows of an image, the first of them even, as <see cref="Activation.ReadPlanes"/> gives them.</summary>
    public delegate void PlanesSource(int image, int first, int rows, float* target, int pitch);

    public static Upstream Of(Activation gradient) => new(gradient.ReadPixels, gradient.ReadPlanes);

    /// <summary>The sum for each filter: of each image's plane, then over the images.</summary>
    public torch.Tensor BiasGradient(Convolution shape)
    {
        var sums = torch.empty(shape.Images, shape.Filters);
        Threads.For(shape.Images, image =>
        {
            using var dy = new Scratch<float>(shape.Filters * shape.Pixels);
            Planes(image, 0, shape.Output.Height, dy.Pointer, shape.Pixels);
            for (var o = 0; o < shape.Filters; o++)
                sums.Floats[image * shape.Filters + o] = Sum.Of(dy.Pointer + o * shape.Pixels, shape.Pixels);
        });
        return sums.sum(0);
    }
}
