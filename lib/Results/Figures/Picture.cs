namespace Fgsm.Results.Figures;

/// <summary>An 8-bit picture, grey or RGB, laid out as tensors are.</summary>
/// <param name="Pixels">[C, H, W], 0 is black and 255 is white.</param>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <exception cref="ArgumentException">The shape does not fit the pixels.</exception>
public sealed record Picture(byte[] Pixels, int Channels, int Height, int Width)
{
    public byte[] Pixels { get; } =
        Channels is 1 or 3 && Height > 0 && Width > 0 && Pixels.Length == (long)Channels * Height * Width ? Pixels
        : throw new ArgumentException($"A picture of {Pixels.Length} bytes cannot have the shape [{Channels}, {Height}, {Width}].");

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
