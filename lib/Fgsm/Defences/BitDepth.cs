namespace Fgsm.Defences;

/// <summary>
/// Bit-depth squeezing: every pixel is rounded to one of 2^bits values between 0 and 1. Small changes are rounded away, and the
/// gradient with them: it is 0, so that an attack which asks for it learns nothing. <see cref="StraightThrough"/> gives it one.
/// Xu, Evans, Qi, "Feature Squeezing: Detecting Adversarial Examples in Deep Neural Networks", 2018,
/// https://arxiv.org/abs/1704.01155, section 3.1.
/// <c>[N, C, H, W]</c>, pixels in [0,1], to the same shape.
/// </summary>
/// <example><c>nn.Sequential(("squeeze", new BitDepth(1)), ("cnn", model))</c></example>
public sealed class BitDepth : nn.Module<Tensor, Tensor>
{
    private readonly int levels;

    /// <param name="bits">From 1 to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer or more bits.</exception>
    public BitDepth(int bits) : base("BitDepth") => levels = bits is >= 1 and <= 16 ? (1 << bits) - 1
        : throw new ArgumentOutOfRangeException(nameof(bits), $"BitDepth: bits must be from 1 to 16, got {bits}");

    public override Tensor forward(Tensor input) => (input * (float)levels).round() / (float)levels;
}
