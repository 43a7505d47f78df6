namespace Fgsm.Data;

/// <summary>Labelled 8-bit images of one size: a training or a test set.</summary>
/// <param name="Name">What tables call it: "MNIST", "synthetic digits".</param>
/// <param name="Pixels">[N, C, H, W], 0 to 255.</param>
/// <param name="Labels">[N], each below the number of classes.</param>
/// <param name="Channels">C: 1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="ClassNames">A name for each class.</param>
/// <param name="Sha256">SHA-256 of the source of the pixels (the uncompressed file, or several as one), in hexadecimal.</param>
/// <param name="IsSynthetic">True for images that the project drew itself.</param>
/// <exception cref="DataException">Pixels and labels do not fit together, or a label has no class.</exception>
public sealed record ImageSet(string Name, byte[] Pixels, int[] Labels, int Channels, int Height, int Width,
    IReadOnlyList<string> ClassNames, string Sha256, bool IsSynthetic = false)
{
    public byte[] Pixels { get; init; } =
        Channels > 0 && Height > 0 && Width > 0 && Pixels.LongLength == (long)Labels.Length * Channels * Height * Width ? Pixels
        : throw new DataException(
            $"{Name}: {Pixels.LongLength} bytes of pixels are not {Labels.Length} images of {Channels}x{Height}x{Width}.");

    public int[] Labels { get; init; } = Array.FindIndex(Labels, label => label < 0 || label >= ClassNames.Count) is var bad and >= 0
        ? throw new DataException($"{Name}: label {Labels[bad]} of image {bad} is not from 0 to {ClassNames.Count - 1}, the last class.") : Labels;

    /// <summary>N.</summary>
    public int Count => Labels.Length;

    /// <summary>The first images, for a quick run.</summary>
    /// <param name="count">How many; all when there are fewer.</param>
    public ImageSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count ? this : this with { Pixels = Pixels[..(count * Channels * Height * Width)], Labels = Labels[..count] };
    }
}
