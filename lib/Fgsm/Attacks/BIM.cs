namespace Fgsm.Attacks;

/// <summary>
/// BIM, the basic iterative method: FGSM in small steps from the image itself, which is <see cref="PGD"/> without a random start.
/// Kurakin, Goodfellow, Bengio, "Adversarial examples in the physical world", 2017, https://arxiv.org/abs/1607.02533.
/// Distance: L-infinity.
/// </summary>
/// <example><c>var adversarial = new BIM(eps: 8 / 255.0, alpha: 1 / 255.0, steps: 10).Attack(model, x, y);</c></example>
public sealed class BIM : PGD
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="alpha">The change of each pixel in one step, in the same units; 0 or more. The paper takes 1/255.</param>
    /// <param name="steps">How many; the paper takes min(255 eps + 4, 1.25 * 255 eps).</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or alpha is negative, NaN, or infinite in float32; or there are no steps.</exception>
    public BIM(double eps, double alpha, int steps) : base(eps, alpha, steps, randomStart: false)
    {
    }
}
