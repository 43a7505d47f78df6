namespace Fgsm.Data;

/// <summary>
/// Labelled images as tensors. Pixels that come as bytes are kept as bytes, a quarter of the memory, and become float32 whenever
/// <see cref="Images"/> are asked for: take a batch first, and its images once.
/// </summary>
/// <param name="Images">float32 pixels in [0,1], or uint8 pixels from 0 to 255, <c>[N, C, H, W]</c>.</param>
/// <param name="Labels">int64 class numbers, <c>[N]</c>.</param>
public sealed record TensorSet(Tensor Images, Tensor Labels)
{
    /// <summary>The images as they are kept: float32, or uint8.</summary>
    internal Tensor Pixels { get; private init; } = Images.shape[0] == Labels.shape[0] && Images.shape[0] > 0 ? Images
        : throw new ArgumentException($"TensorSet: {Images.shape[0]} images and {Labels.shape[0]} labels; expected as many of one as of the other, and at least one");

    /// <summary>float32 pixels in [0,1], <c>[N, C, H, W]</c>: the set's own memory, or of bytes, divided by 255, a tensor made for the caller.</summary>
    public Tensor Images { get => Pixels.dtype == uint8 ? Pixels.to(float32).div_(255f) : Pixels; init => Pixels = value; }

    public int Count => (int)Pixels.shape[0];

    /// <summary>The 8-bit images of a set on <see cref="Compute.Device"/>.</summary>
    public static TensorSet From(ImageSet set) => new(
        tensor(set.Pixels).reshape(set.Count, set.Channels, set.Height, set.Width).to(Compute.Device),
        tensor(Array.ConvertAll(set.Labels, label => (long)label)).to(Compute.Device));

    /// <summary>Images <paramref name="start"/> to <paramref name="end"/> - 1, on the same memory.</summary>
    public TensorSet Range(int start, int end) => new(Pixels[start..end], Labels[start..end]);

    /// <summary>The images with these numbers, int64, <c>[n]</c>, in this order, as a copy.</summary>
    public TensorSet Take(Tensor images) => new(Pixels.index_select(0, images), Labels.index_select(0, images));

    /// <summary>One image with its label, a batch of 1, on the same memory: <c>var (x, y) = test[7]</c>.</summary>
    public TensorSet this[int image] => Range(image, image + 1);

    /// <summary>The set cut into batches, in order, on the same memory; the last may be smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    public IEnumerable<TensorSet> Batches(int size)
    {
        RequireSize(size);
        for (var start = 0; start < Count; start += size)
            yield return Range(start, Math.Min(Count, start + size));
    }

    /// <summary>The same, each with a dispose scope around the work on it.</summary>
    /// <param name="progress">Told after each, under <paramref name="title"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    internal IEnumerable<TensorSet> Batches(int size, IProgress<Progress>? progress, string title, CancellationToken cancellation)
    {
        RequireSize(size);
        var (done, batches) = (0, (Count + size - 1) / size);
        for (var start = 0; start < Count; start += size)
        {
            cancellation.ThrowIfCancellationRequested();
            using (NewDisposeScope())
                yield return Range(start, Math.Min(Count, start + size));
            progress?.Report(new Progress(title, 0, 0, ++done, batches));
        }
    }

    private static void RequireSize(int size)
    {
        if (size < 1)
            throw new ArgumentOutOfRangeException(nameof(size), $"TensorSet: batches have 1 or more images, got {size}");
    }
}
