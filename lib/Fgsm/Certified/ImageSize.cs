namespace Fgsm.Certified;

/// <summary>The size of a layer's images; a vector is an image of one pixel.</summary>
internal readonly record struct ImageSize(int Channels, int Height, int Width)
{
    public int Values => Channels * Height * Width;

    /// <summary>The size after windows of a convolution or pooling without dilation.</summary>
    public ImageSize After(int channels, (int Height, int Width) kernel, (int Height, int Width) stride, (int Height, int Width) padding) =>
        new(channels, (Height + 2 * padding.Height - kernel.Height) / stride.Height + 1,
            (Width + 2 * padding.Width - kernel.Width) / stride.Width + 1);

    /// <summary>Reorders <c>[C, H, W]</c>, any number of times in a row, as <c>[H, W, C]</c>.</summary>
    public double[] ChannelsLast(ReadOnlySpan<float> values)
    {
        var (reordered, pixels) = (new double[values.Length], Height * Width);
        for (var i = 0; i < values.Length; i++)
            reordered[i / Values * Values + i % pixels * Channels + i % Values / pixels] = values[i];
        return reordered;
    }
}
