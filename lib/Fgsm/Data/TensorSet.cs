namespace Fgsm.Data;

/// <summary>
/// Labelled images as tensors. Pixels that come as bytes are kept as bytes, a quarter of the memory, and those of image files stay in the
/// files; they become float32 whenever <see cref="Images"/> are asked for: take a batch first, and its images once.
/// </summary>
public sealed record TensorSet
{
    private readonly Tensor? pixels;
    private readonly ImageFiles? files;

    /// <param name="images">float32 pixels in [0,1], or uint8 pixels from 0 to 255, <c>[N, C, H, W]</c>.</param>
    /// <param name="labels">int64 class numbers, <c>[N]</c>.</param>
    /// <exception cref="ArgumentException">There are not as many of one as of the other, or none.</exception>
    public TensorSet(Tensor images, Tensor labels)
    {
        if (images.shape[0] != labels.shape[0] || images.shape[0] == 0)
            throw new ArgumentException($"TensorSet: {images.shape[0]} images and {labels.shape[0]} labels; "
                + "expected as many of one as of the other, and at least one");
        (pixels, Labels) = (images, labels);
    }

    private TensorSet(ImageFiles files, Tensor labels) => (this.files, Labels) = (files, labels);

    /// <summary>float32 pixels in [0,1], <c>[N, C, H, W]</c>: the set's own memory, or of bytes, divided by 255, a tensor made for the caller.</summary>
    /// <exception cref="DataException">An image file is damaged.</exception>
    public Tensor Images
    {
        get => Pixels is var kept && kept.dtype == uint8 ? kept.to(float32).div_(255f) : kept;
        init => (pixels, files) = (value, null);
    }

    /// <summary>int64 class numbers, <c>[N]</c>.</summary>
    public Tensor Labels { get; init; }

    /// <summary>The images as they are kept: float32, or uint8, which image files are decoded to.</summary>
    internal Tensor Pixels => pixels ?? Bytes(files!.Decode(), files.Count, 3, files.Side, files.Side);

    public int Count => (int)Labels.shape[0];

    /// <summary>
    /// The 8-bit images of a set on <see cref="Compute.Device"/>, on the same memory where that is the CPU. Image files are decoded batch
    /// by batch.
    /// </summary>
    public static TensorSet From(ImageSet set)
    {
        var labels = tensor(Array.ConvertAll(set.Labels, label => (long)label)).to(Compute.Device);
        return set.Files is not null ? new(set.Files, labels)
            : new(set.PixelTensor().to(Compute.Device), labels);
    }

    private static Tensor Bytes(byte[] pixels, params long[] shape) => tensor(pixels).reshape(shape).to(Compute.Device);

    public void Deconstruct(out Tensor images, out Tensor labels) => (images, labels) = (Images, Labels);

    /// <summary>Images <paramref name="start"/> to <paramref name="end"/> - 1, on the same memory.</summary>
    public TensorSet Range(int start, int end) =>
        files is null ? new(pixels![start..end], Labels[start..end]) : new(files[start..end], Labels[start..end]);

    /// <summary>The images with these numbers, int64, <c>[n]</c>, in this order, as a copy.</summary>
    public TensorSet Take(Tensor images)
    {
        var labels = Labels.index_select(0, images);
        return files is null ? new(pixels!.index_select(0, images), labels) : new(files.Take(images.cpu().data<long>().ToArray()), labels);
    }

    /// <summary>One image with its label, a batch of 1, on the same memory: <c>var (x, y) = test[7]</c>.</summary>
    public TensorSet this[int image] => Range(image, image + 1);

    /// <summary>
    /// The set cut into batches, in order, on the same memory; the last may be smaller. Of image files the next is decoded meanwhile.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    public IEnumerable<TensorSet> Batches(int size) => Batches(size, null).Select(batch => batch());

    /// <summary>The same, each with a dispose scope around the work on it.</summary>
    /// <param name="progress">Told after each, under <paramref name="title"/>.</param>
    /// <param name="order">The numbers of the images in the order in which they are taken, as copies; null for the set's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    internal IEnumerable<TensorSet> Batches(
        int size, IProgress<Progress>? progress, string title, CancellationToken cancellation, long[]? order = null)
    {
        var (done, batches) = (0, (Count + size - 1) / Math.Max(size, 1));
        foreach (var batch in Batches(size, order))
        {
            cancellation.ThrowIfCancellationRequested();
            using (NewDisposeScope())
                yield return batch();
            progress?.Report(new Progress(title, 0, 0, ++done, batches));
        }
    }

    // Each batch is made when it is called for, in the dispose scope of its time.
    private IEnumerable<Func<TensorSet>> Batches(int size, long[]? order)
    {
        RequireSize(size);
        var next = Decoding(0);
        for (var start = 0; start < Count; start += size)
        {
            var (from, to, decoding) = (start, Math.Min(Count, start + size), next);
            next = Decoding(to);
            yield return () =>
            {
                var batch = order is null ? Range(from, to) : Take(tensor(order[from..to]).to(Labels.device));
                return decoding is null ? batch
                    : new(Bytes(decoding.GetAwaiter().GetResult(), to - from, 3, files!.Side, files.Side), batch.Labels);
            };
        }

        Task<byte[]>? Decoding(int from)
        {
            var to = Math.Min(Count, from + size);
            return files is null || from == to ? null : Task.Run((order is null ? files[from..to] : files.Take(order[from..to])).Decode);
        }
    }

    /// <summary>
    /// How many images an evaluation takes at once: <paramref name="most"/> of up to 3,072 values (32x32 in colour), of larger ones
    /// fewer, since every layer's output is in memory. Results do not depend on it.
    /// </summary>
    internal int Fitting(int most)
    {
        var values = files is null ? pixels!.numel() / Count : 3L * files.Side * files.Side;
        return (int)Math.Clamp(3072L * most / Math.Max(1, values), 1, most);
    }

    private static void RequireSize(int size)
    {
        if (size < 1)
            throw new ArgumentOutOfRangeException(nameof(size), $"TensorSet: batches have 1 or more images, got {size}");
    }
}
