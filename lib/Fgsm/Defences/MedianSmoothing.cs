namespace Fgsm.Defences;

/// <summary>
/// Median smoothing: every pixel becomes the median of the square around it; the image is mirrored at its edge. Single odd pixels
/// vanish, edges stay. Its gradient is that of the pixel which is the median.
/// Xu, Evans, Qi, "Feature Squeezing: Detecting Adversarial Examples in Deep Neural Networks", 2018,
/// https://arxiv.org/abs/1704.01155, section 3.2.
/// <c>[N, C, H, W]</c> to the same shape.
/// </summary>
/// <remarks>The paper also takes a 2x2 square, whose median SciPy defines as the third of four values; here sides are odd.</remarks>
public sealed class MedianSmoothing : nn.Module<Tensor, Tensor>
{
    private readonly int size;

    /// <param name="size">The side of the square, odd; 3 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The side is even, or below 3.</exception>
    public MedianSmoothing(int size = 3) : base("MedianSmoothing") => this.size = Neighbourhood.RequireSide(size, "MedianSmoothing");

    public override Tensor forward(Tensor input)
    {
        var (height, width, padded) = (input.shape[2], input.shape[3], Neighbourhood.Mirrored(input, size));
        var places = Enumerable.Range(0, size).SelectMany(row => Enumerable.Range(0, size).Select(column => (row, column)));
        var shifted = stack(places.Select(p => padded.narrow(2, p.row, height).narrow(3, p.column, width)), dim: -1);
        return shifted.sort(-1).Item1.select(-1, size * size / 2);
    }
}
