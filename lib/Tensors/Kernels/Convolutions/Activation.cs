namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// A convolution's input or output, or the gradient of one: <c>[N, C, H, W]</c>, which lies so in memory or, between two convolutions,
/// as <c>[N, H, W, C]</c>, which is what the kernels work on. The caller keeps the memory alive.
/// </summary>
internal sealed unsafe class Activation(float* data, ReadOnlySpan<long> shape, bool channelsLast)
{
    private readonly float* data = data;

    private readonly bool channelsLast = channelsLast;

    // Of a part of the channels: where they begin, and of how many.
    private readonly int start;
    private readonly int total = (int)shape[1];

    public int Images { get; } = (int)shape[0];
    public int Channels { get; } = (int)shape[1];
    public int Height { get; } = (int)shape[2];
    public int Width { get; } = (int)shape[3];

    private Activation(Activation whole, int start, int channels)
        : this(whole.data, [whole.Images, channels, whole.Height, whole.Width], whole.channelsLast) =>
        (this.start, total) = (whole.start + start, whole.total);

    /// <summary>Some of the channels, as if there were no others.</summary>
    public Activation Slice(int start, int channels) => channels == Channels ? this : new(this, start, channels);

    /// <summary>
    /// Reads <paramref name="rows"/> rows of one image, from row <paramref name="first"/> on: element (y, x, c) to
    /// <c>target + (y - first) * rowLength + x * pitch + c</c>, with zeros from the last channel up to the pitch.
    /// </summary>
    public void ReadPixels(int image, int first, int rows, float* target, int rowLength, int pitch)
    {
        for (var y = first; y < first + rows; y++, target += rowLength)
            if (!channelsLast)
                ChannelsLast.FromPlanes(At(image, 0, y), Height * Width, Channels, Width, target, pitch);
            else
                Gemm.Pack(Channels, pitch, Width, At(image, 0, y), 1, total, target);
    }

    /// <summary>The same rows plane by plane: those of channel c one after the other from <c>target + c * pitch</c> on.</summary>
    public void ReadPlanes(int image, int first, int rows, float* target, int pitch)
    {
        if (channelsLast)
            ChannelsLast.ToPlanes(At(image, 0, first), total, Channels, rows * Width, target, pitch);
        else
            for (var c = 0; c < Channels; c++)
                new ReadOnlySpan<float>(At(image, c, first), rows * Width).CopyTo(new Span<float>(target + c * pitch, rows * Width));
    }

    /// <summary>
    /// Writes one row of some channels: channel <paramref name="channel"/> + c of pixel x from <c>source + x * pitch + c</c>.
    /// </summary>
    public void WritePixels(int image, int row, int channel, int channels, float* source, int pitch)
    {
        if (!channelsLast)
        {
            ChannelsLast.ToPlanes(source, pitch, channels, Width, At(image, channel, row), Height * Width);
            return;
        }
        var target = At(image, channel, row);
        for (var x = 0; x < Width; x++, source += pitch, target += total)
        {
            var c = 0;
            for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
                Vector.Load(source + c).Store(target + c);
            for (; c < channels; c++)
                target[c] = source[c];
        }
    }

    /// <summary>Writes one row of all channels: channel c of pixel x from <c>source + c * plane + x</c>.</summary>
    public void WritePlanes(int image, int row, float* source, int plane)
    {
        if (channelsLast)
            // The transpose: pixels for planes.
            ChannelsLast.ToPlanes(source, plane, Width, Channels, At(image, 0, row), total);
        else
            for (var c = 0; c < Channels; c++)
                new ReadOnlySpan<float>(source + c * plane, Width).CopyTo(new Span<float>(At(image, c, row), Width));
    }

    private float* At(int image, int channel, int row) => data + (channelsLast
        ? ((nint)image * Height + row) * Width * total + start + channel
        : (((nint)image * total + start + channel) * Height + row) * Width);
}
