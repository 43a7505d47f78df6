namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>The gradient with respect to a convolution's output, in the order that suits the kernel.</summary>
internal sealed unsafe record Upstream(ChannelsLast.Source Pixels, Upstream.PlanesSource Planes)
{
    /// <summary>Some rows of an image, the first of them even, as <see cref="Activation.ReadPlanes"/> gives them.</summary>
    public delegate void PlanesSource(int image, int first, int rows, float* target, int pitch);

    public static Upstream Of(Activation gradient) => new(gradient.ReadPixels, gradient.ReadPlanes);

    /// <summary>The sum for each filter: of each image's plane, then over the images.</summary>
    public void BiasGradient(Convolution shape, float* db)
    {
        using var partial = new Scratch<float>(shape.Images * shape.Filters);
        var sums = partial.Pointer;
        Threads.For(shape.Images, image =>
        {
            using var dy = new Scratch<float>(shape.Filters * shape.Pixels);
            Planes(image, 0, shape.Output.Height, dy.Pointer, shape.Pixels);
            for (var o = 0; o < shape.Filters; o++)
                sums[image * shape.Filters + o] = Sum.Of(dy.Pointer + o * shape.Pixels, shape.Pixels);
        });
        Sum.Middle(sums, db, 1, shape.Images, shape.Filters);
    }
}
