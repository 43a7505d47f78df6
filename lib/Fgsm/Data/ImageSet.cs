namespace Fgsm.Data;

/// <summary>Labelled 8-bit images of one size: a training or a test set.</summary>
public sealed class ImageSet
{
    /// <summary>A set of images.</summary>
    /// <param name="name">What tables call it: "MNIST", "synthetic digits".</param>
    /// <param name="pixels">[N, C, H, W], 0 to 255.</param>
    /// <param name="labels">[N], each below the number of classes.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="sha256">SHA-256 of the source of the pixels, in hexadecimal.</param>
    /// <param name="isSynthetic">True for images that the project drew itself.</param>
    /// <exception cref="DataException">Pixels and labels do not fit together, or a label has no class.</exception>
    public ImageSet(string name, byte[] pixels, byte[] labels, int channels, int height, int width, IReadOnlyList<string> classNames, string sha256, bool isSynthetic = false)
    {
        if (channels < 1 || height < 1 || width < 1 || pixels.LongLength != (long)labels.Length * channels * height * width)
            throw new DataException($"{name}: {pixels.LongLength} bytes of pixels are not {labels.Length} images of {channels}x{height}x{width}.");
        if (Array.FindIndex(labels, label => label >= classNames.Count) is var bad and >= 0)
            throw new DataException($"{name}: label {labels[bad]} of image {bad} is above {classNames.Count - 1}, the last class.");
        (Name, Pixels, Labels, Channels, Height, Width) = (name, pixels, labels, channels, height, width);
        (ClassNames, Sha256, IsSynthetic) = (classNames, sha256, isSynthetic);
    }

    /// <summary>What tables call the set.</summary>
    public string Name { get; }

    /// <summary>[N, C, H, W], 0 to 255.</summary>
    public byte[] Pixels { get; }

    /// <summary>[N], each below the number of classes.</summary>
    public byte[] Labels { get; }

    /// <summary>N.</summary>
    public int Count => Labels.Length;

    /// <summary>C: 1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>A name for each class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>SHA-256 of the source of the pixels (the uncompressed file), in hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>True for images that the project drew itself.</summary>
    public bool IsSynthetic { get; }

    /// <summary>The first images, for a quick run.</summary>
    /// <param name="count">How many; all when there are fewer.</param>
    public ImageSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count >= Count)
            return this;
        return new ImageSet(Name, Pixels[..(count * Channels * Height * Width)], Labels[..count], Channels, Height, Width, ClassNames, Sha256, IsSynthetic);
    }
}
