namespace Fgsm.Tensors.Kernels;

/// <summary>An element of the result from one of a and of b, and from the five numbers of their channel.</summary>
internal interface IChannelOp
{
    static abstract Vector<float> Apply(Vector<float> a, Vector<float> b, Vector<float> p0, Vector<float> p1, Vector<float> p2,
        Vector<float> p3, Vector<float> p4);
}

/// <summary>y = op(a, b, numbers of the channel) over images in either layout; an element has the same bits in both.</summary>
internal static unsafe class ChannelMap
{
    public const int Numbers = 5;

    /// <param name="p"><c>[5, C]</c></param>
    public static void Run<TOp>(float* a, float* b, float* y, ImageShape shape, float* p) where TOp : struct, IChannelOp
    {
        var (channels, pixels) = (shape.Channels, shape.Pixels);
        if (shape.ChannelsLast)
            Threads.Ranges(shape.Images * pixels, Math.Max(1, Elementwise.Grain / channels), (first, last) =>
            {
                for (var pixel = first; pixel < last; pixel++)
                    Pixel<TOp>(a + (nint)pixel * channels, b + (nint)pixel * channels, y + (nint)pixel * channels, channels, p);
            });
        else
            Threads.Ranges(shape.Images * channels, Math.Max(1, Elementwise.Grain / Math.Max(1, pixels)), (first, last) =>
            {
                for (var plane = first; plane < last; plane++)
                    Plane<TOp>(a + (nint)plane * pixels, b + (nint)plane * pixels, y + (nint)plane * pixels, pixels,
                        p + plane % channels, channels);
            });
    }

    private static void Pixel<TOp>(float* a, float* b, float* y, int channels, float* p) where TOp : struct, IChannelOp
    {
        var c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
            TOp.Apply(Vector.Load(a + c), Vector.Load(b + c), Vector.Load(p + c), Vector.Load(p + channels + c),
                Vector.Load(p + 2 * channels + c), Vector.Load(p + 3 * channels + c), Vector.Load(p + 4 * channels + c)).Store(y + c);
        for (; c < channels; c++)
            y[c] = Lane<TOp>(a[c], b[c], p + c, channels);
    }

    private static void Plane<TOp>(float* a, float* b, float* y, int pixels, float* p, int channels) where TOp : struct, IChannelOp
    {
        Vector<float> p0 = new(p[0]), p1 = new(p[channels]), p2 = new(p[2 * channels]), p3 = new(p[3 * channels]),
            p4 = new(p[4 * channels]);
        var i = 0;
        for (; i <= pixels - Vector<float>.Count; i += Vector<float>.Count)
            TOp.Apply(Vector.Load(a + i), Vector.Load(b + i), p0, p1, p2, p3, p4).Store(y + i);
        for (; i < pixels; i++)
            y[i] = Lane<TOp>(a[i], b[i], p, channels);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Lane<TOp>(float a, float b, float* p, int channels) where TOp : struct, IChannelOp =>
        TOp.Apply(new(a), new(b), new(p[0]), new(p[channels]), new(p[2 * channels]), new(p[3 * channels]),
            new(p[4 * channels]))[0];
}
