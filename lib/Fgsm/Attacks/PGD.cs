namespace Fgsm.Attacks;

/// <summary>
/// PGD, projected gradient descent: many small steps of FGSM, x' = project(x' + alpha * sign(grad_x L(f(x'), y))), each one
/// brought back to within eps of x and into the bounds.
/// Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards Deep Learning Models Resistant to Adversarial Attacks", 2018, https://arxiv.org/abs/1706.06083.
/// Distance: L-infinity. Where FGSM's one long step overshoots, PGD follows the bends of the loss.
/// </summary>
/// <example><c>var adversarial = new PGD(eps: 0.3, alpha: 0.01, steps: 40).Attack(model, x, y);</c></example>
public sealed class PGD : AdversarialAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="alpha">The change of each pixel in one step, in the same units; 0 or more. Below eps / steps no pixel reaches eps.</param>
    /// <param name="steps">How many, each at the price of an FGSM; 1 or more.</param>
    /// <param name="randomStart">Start at a random place within eps of x, drawn from torch's generator, instead of at x.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or alpha is negative, NaN, or infinite in float32; or there are no steps.</exception>
    public PGD(double eps, double alpha, int steps, bool randomStart = true)
    {
        if (steps < 1)
            throw new ArgumentOutOfRangeException(nameof(steps), $"PGD: steps must be 1 or more, got {steps}");
        (Eps, Alpha, Steps, RandomStart) = (RequireDistance(eps), RequireDistance(alpha), steps, randomStart);
    }

    public double Eps { get; }
    public double Alpha { get; }
    public int Steps { get; }
    public bool RandomStart { get; }

    private protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var adversarial = RandomStart ? Project(x, x + empty_like(x).uniform_(-Eps, Eps)) : x;
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var direction = LossGradient.Of(model, adversarial, y).Gradient.sign();
            adversarial = Project(x, adversarial + direction * Alpha).MoveToOuterDisposeScope();
        }
        return adversarial;
    }

    /// <summary>The nearest point within eps of x and within the bounds.</summary>
    private Tensor Project(Tensor x, Tensor point) => point.maximum(x - Eps).minimum(x + Eps).clamp(Bounds.Min, Bounds.Max);

    public override string ToString() => FormattableString.Invariant($"PGD(eps: {Eps:0.######}, alpha: {Alpha:0.######}, steps: {Steps}, randomStart: {RandomStart}, bounds: [{Bounds.Min}, {Bounds.Max}])");
}
