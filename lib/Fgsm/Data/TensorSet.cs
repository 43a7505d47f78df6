namespace Fgsm.Data;

/// <summary>Labelled images as tensors.</summary>
/// <param name="Images">float32 pixels in [0,1], <c>[N, C, H, W]</c>.</param>
/// <param name="Labels">int64 class numbers, <c>[N]</c>.</param>
public sealed record TensorSet(Tensor Images, Tensor Labels)
{
    public Tensor Images { get; init; } = Images.shape[0] == Labels.shape[0] && Images.shape[0] > 0 ? Images
        : throw new ArgumentException($"TensorSet: {Images.shape[0]} images and {Labels.shape[0]} labels; expected as many of one as of the other, and at least one");

    public int Count => (int)Images.shape[0];

    /// <summary>The 8-bit images of a set, divided by 255, on <see cref="Compute.Device"/>.</summary>
    public static TensorSet From(ImageSet set) => new(
        tensor(set.Pixels).to(Compute.Device).to(float32).div_(255f).reshape(set.Count, set.Channels, set.Height, set.Width),
        tensor(Array.ConvertAll(set.Labels, label => (long)label)).to(Compute.Device));

    /// <summary>Images <paramref name="start"/> to <paramref name="end"/> - 1, on the same memory.</summary>
    public TensorSet Range(int start, int end) => new(Images[start..end], Labels[start..end]);

    /// <summary>One image with its label, a batch of 1, on the same memory: <c>var (x, y) = test[7]</c>.</summary>
    public TensorSet this[int image] => Range(image, image + 1);

    /// <summary>The set cut into batches, in order, on the same memory; the last may be smaller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    public IEnumerable<TensorSet> Batches(int size)
    {
        if (size < 1)
            throw new ArgumentOutOfRangeException(nameof(size), $"TensorSet: batches have 1 or more images, got {size}");
        for (var start = 0; start < Count; start += size)
            yield return Range(start, Math.Min(Count, start + size));
    }

    /// <summary>The same, each with a dispose scope around the work on it.</summary>
    /// <param name="progress">Told after each, under <paramref name="title"/>.</param>
    internal IEnumerable<TensorSet> Batches(int size, IProgress<Progress>? progress, string title, CancellationToken cancellation)
    {
        var (done, batches) = (0, (Count + size - 1) / size);
        for (var start = 0; start < Count; start += size)
        {
            cancellation.ThrowIfCancellationRequested();
            using (NewDisposeScope())
                yield return Range(start, Math.Min(Count, start + size));
            progress?.Report(new Progress(title, 0, 0, ++done, batches));
        }
    }
}
