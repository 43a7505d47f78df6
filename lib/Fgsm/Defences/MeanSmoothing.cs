namespace Fgsm.Defences;

/// <summary>
/// Mean smoothing: every pixel becomes the mean of the square around it; the image is mirrored at its edge. It is linear and has a
/// gradient, so that every attack goes through it unadapted.
/// Li, Li, "Adversarial Examples Detection in Deep Networks with Convolutional Filter Statistics", 2017,
/// https://arxiv.org/abs/1612.07767, section 5: a 3x3 mean filter.
/// <c>[N, C, H, W]</c> to the same shape.
/// </summary>
public sealed class MeanSmoothing : nn.Module<Tensor, Tensor>
{
    private readonly int size;

    /// <param name="size">The side of the square, odd; 3 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The side is even, or below 3.</exception>
    public MeanSmoothing(int size = 3) : base("MeanSmoothing") => this.size = Neighbourhood.RequireSide(size, "MeanSmoothing");

    public override Tensor forward(Tensor input) =>
        nn.functional.avg_pool2d(Neighbourhood.Mirrored(input, size), size, stride: 1);
}
