namespace Fgsm.Data;

/// <summary>
/// Changes training images at random: first the flip, then the shift, then the cutout. The random numbers belong to the image and the
/// epoch: seed, number in the data set and epoch determine them, whatever the order, the batch or the number of threads.
/// </summary>
/// <param name="Seed">The same seed gives the same changes.</param>
public sealed record Augmentation(long Seed)
{
    // Near the mean of photographs, where the paper's 0 is after its normalisation.
    private const float Grey = 0.5f;

    public Flip Flip { get; init; }

    /// <summary>
    /// Pixels, at most, by which an image is moved along each axis; what comes in is its mirror image at the edge (reflect padding).
    /// </summary>
    public int Shift { get; init; }

    /// <summary>
    /// The side of a square inside the image that turns grey, in pixels (DeVries, Taylor, 2017, arXiv 1708.04552); 0 for none.
    /// </summary>
    public int Cutout { get; init; }

    /// <param name="x">float32 pixels in [0,1], <c>[N, C, H, W]</c>; they are not changed.</param>
    /// <param name="images">The images' numbers in the data set.</param>
    /// <param name="epoch">From 1.</param>
    /// <exception cref="ArgumentException">The images are too small for the shift or the cutout.</exception>
    internal Tensor Apply(Tensor x, long[] images, int epoch)
    {
        var (channels, height, width) = ((int)x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var side = Math.Min(height, width);
        if (Shift < 0 || Shift >= side || Cutout < 0 || Cutout > side)
            throw new ArgumentException($"Augmentation: expected a shift from 0 to {side - 1} and a cutout from 0 to {side} "
                + $"for images of {height}x{width}, got {Shift} and {Cutout}");
        var from = x.cpu().data<float>().ToArray();
        var to = new float[from.Length];
        Parallel.For(0, images.Length, i =>
        {
            var size = channels * height * width;
            Change(from.AsSpan(i * size, size), to.AsSpan(i * size, size), height, width, images[i], epoch);
        });
        return tensor(to).reshape(x.shape).to(x.device);
    }

    private void Change(ReadOnlySpan<float> from, Span<float> to, int height, int width, long image, int epoch)
    {
        var random = Draws(image, epoch);
        var flipped = random.Next() % 2 == 1;
        if (Flip != Flip.Random)
            flipped = Flip == Flip.Alternating && Draws(image, 0).Next() % 2 != (ulong)epoch % 2;
        var (down, right) = (Below(2 * Shift + 1) - Shift, Below(2 * Shift + 1) - Shift);
        var (top, left) = (Below(height - Cutout + 1), Below(width - Cutout + 1));

        Span<int> columns = stackalloc int[width];
        for (var column = 0; column < width; column++)
        {
            var shifted = Reflected(column - right, width);
            columns[column] = flipped ? width - 1 - shifted : shifted;
        }
        for (var line = 0; line < to.Length / width; line++)
        {
            var (plane, row) = (line / height, line % height);
            var source = from.Slice((plane * height + Reflected(row - down, height)) * width, width);
            var target = to.Slice(line * width, width);
            for (var column = 0; column < width; column++)
                target[column] = source[columns[column]];
            if (row >= top && row < top + Cutout)
                target.Slice(left, Cutout).Fill(Grey);
        }

        int Below(int limit) => (int)(random.Next() % (ulong)limit);
    }

    private SplitMix64 Draws(long image, int epoch)
    {
        var ofSeed = new SplitMix64((ulong)Seed).Next();
        var ofImage = new SplitMix64(ofSeed + (ulong)image).Next();
        return new SplitMix64(ofImage + (ulong)epoch);
    }

    private static int Reflected(int place, int size) => size - 1 - Math.Abs(size - 1 - Math.Abs(place));
}
