namespace Fgsm.Results.Figures;

/// <summary>An 8-bit picture, grey or RGB, laid out as tensors are.</summary>
public sealed record Picture
{
    /// <summary>A picture of given bytes.</summary>
    /// <param name="pixels">[C, H, W], 0 is black and 255 is white.</param>
    /// <param name="channels">1 (grey) or 3 (red, green, blue).</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="ArgumentException">The shape does not fit the pixels.</exception>
    public Picture(byte[] pixels, int channels, int height, int width)
    {
        if (channels is not (1 or 3) || height < 1 || width < 1 || pixels.Length != channels * height * width)
            throw new ArgumentException($"A picture of {pixels.Length} bytes cannot have the shape [{channels}, {height}, {width}].");
        (Pixels, Channels, Height, Width) = (pixels, channels, height, width);
    }

    /// <summary>[C, H, W].</summary>
    public byte[] Pixels { get; }

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>A picture of pixel values in [0,1], rounded to the nearest of 256 levels; values outside are clipped.</summary>
    /// <param name="values">[C, H, W].</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static Picture FromUnit(ReadOnlySpan<float> values, int channels, int height, int width)
    {
        var pixels = new byte[values.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Round(Math.Clamp(values[i], 0f, 1f) * 255.0);
        return new Picture(pixels, channels, height, width);
    }

    /// <summary>Signed values (a perturbation, a gradient) of one channel as colours: negative blue, zero white, positive red-orange.</summary>
    /// <param name="values">[H, W].</param>
    /// <param name="scale">The magnitude that gets the full colour, above 0: eps for a perturbation.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static Picture FromSigned(ReadOnlySpan<float> values, double scale, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var plane = values.Length;
        var pixels = new byte[3 * plane];
        for (var i = 0; i < plane; i++)
        {
            var colour = Palette.Diverging(values[i] / scale);
            (pixels[i], pixels[plane + i], pixels[2 * plane + i]) = (colour.R, colour.G, colour.B);
        }
        return new Picture(pixels, 3, height, width);
    }
}
