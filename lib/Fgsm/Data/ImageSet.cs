namespace Fgsm.Data;

/// <summary>Labelled 8-bit images of one size: a training or a test set, in memory or in files that are decoded when they are needed.</summary>
public sealed record ImageSet
{
    // What TensorSet.From shares, so that a data set is in memory once; null for images in files.
    private readonly Tensor? pixels;
    private readonly Lazy<string> sha256;

    /// <summary>Images in memory.</summary>
    /// <param name="name">What tables call it: "MNIST", "synthetic digits".</param>
    /// <param name="pixels">[N, C, H, W], 0 to 255.</param>
    /// <param name="labels">[N], each below the number of classes.</param>
    /// <param name="channels">C: 1 (grey) or 3 (red, green, blue).</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="sha256">SHA-256 of the source of the pixels (the uncompressed file, or several as one), in hexadecimal.</param>
    /// <param name="isSynthetic">True for images that the project drew itself.</param>
    /// <exception cref="DataException">Pixels and labels do not fit together, or a label has no class.</exception>
    public ImageSet(string name, byte[] pixels, int[] labels, int channels, int height, int width,
        IReadOnlyList<string> classNames, string sha256, bool isSynthetic = false)
    {
        if (channels < 1 || height < 1 || width < 1 || pixels.LongLength != (long)labels.Length * channels * height * width)
            throw new DataException($"{name}: {pixels.LongLength} bytes of pixels are not {labels.Length} images of {channels}x{height}x{width}.");
        if (Array.FindIndex(labels, label => label < 0 || label >= classNames.Count) is var bad and >= 0)
            throw new DataException($"{name}: label {labels[bad]} of image {bad} is not from 0 to {classNames.Count - 1}, the last class.");
        (Name, Labels, ClassNames, IsSynthetic) = (name, labels, classNames, isSynthetic);
        (Channels, Height, Width) = (channels, height, width);
        this.pixels = AsTensor(pixels).DetachFromDisposeScope();
        this.sha256 = new(sha256);
    }

    private ImageSet(ImageSet whole, int count)
    {
        (Name, ClassNames, IsSynthetic, Channels, Height, Width) =
            (whole.Name, whole.ClassNames, whole.IsSynthetic, whole.Channels, whole.Height, whole.Width);
        (Labels, Files) = (whole.Labels[..count], whole.Files?[..count]);
        pixels = whole.pixels?[..count].DetachFromDisposeScope();
        sha256 = Files is null ? whole.sha256 : new(Files.Digest);
    }

    /// <summary>Images in files.</summary>
    internal ImageSet(string name, ImageFiles files, int[] labels, IReadOnlyList<string> classNames)
    {
        (Name, Files, Labels, Channels, Height, Width, ClassNames) = (name, files, labels, 3, files.Side, files.Side, classNames);
        sha256 = new(files.Digest);
    }

    /// <summary>What tables call it: "MNIST", "synthetic digits".</summary>
    public string Name { get; }

    /// <summary>[N, C, H, W], 0 to 255, as a copy. Of files, decoded anew each time.</summary>
    /// <exception cref="DataException">A file is damaged.</exception>
    public byte[] Pixels => Files?.Decode() ?? pixels!.data<byte>().ToArray();

    /// <summary>[N], each below the number of classes.</summary>
    public int[] Labels { get; }

    /// <summary>C: 1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Height { get; }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>A name for each class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>
    /// SHA-256 of the source of the pixels, in hexadecimal: of the uncompressed file, or several as one; of image files, of the pixels
    /// as decoded, for which all are decoded once.
    /// </summary>
    /// <exception cref="DataException">A file is damaged.</exception>
    public string Sha256 => sha256.Value;

    /// <summary>True for images that the project drew itself.</summary>
    public bool IsSynthetic { get; }

    /// <summary>N.</summary>
    public int Count => Labels.Length;

    /// <summary>The files that have the images; null for images in memory.</summary>
    internal ImageFiles? Files { get; }

    /// <summary>The first images, for a quick run.</summary>
    /// <param name="count">How many; all when there are fewer.</param>
    public ImageSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count ? this : new ImageSet(this, count);
    }

    /// <summary>uint8, [N, C, H, W]: the set's own memory where it is in memory.</summary>
    /// <exception cref="DataException">A file is damaged.</exception>
    internal Tensor PixelTensor() => pixels ?? AsTensor(Files!.Decode());

    private Tensor AsTensor(byte[] bytes) => tensor(bytes).reshape(Count, Channels, Height, Width);
}
