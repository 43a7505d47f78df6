namespace Fgsm.Attacks;

/// <summary>
/// FMN, the fast minimum-norm attack: gradient steps inside a ball whose radius shrinks while the model is wrong and grows while it is
/// right, both by less and less.
/// Pintor, Roli, Brendel, Biggio, "Fast Minimum-norm Adversarial Attacks through Adaptive Norm Constraints", 2021,
/// https://arxiv.org/abs/2102.12827, algorithm 1.
/// Distance: L2 or L-infinity.
/// </summary>
/// <remarks>
/// As in the authors' code: the gradient of the margin, steps along its L2 direction in every norm, both annealed by a cosine. Unlike
/// there the radius also grows while no wrong answer is found: the linear estimate of the way there knows nothing of the bounds, and
/// where these take as much from the change as a step adds, the estimate stands still and the attack with it. foolbox's L2 form does
/// not project at all (its factor is the norm divided by itself).
/// </remarks>
/// <example><c>var adversarial = new FMN { Norm = Norm.LInf }.Attack(model, x, y);</c></example>
public sealed class FMN : MinimalAttack
{
    /// <param name="steps">Each at the price of a gradient; the paper takes 10 to 1,000.</param>
    /// <param name="alpha">The length of the first step in L2; the last is a hundredth of it.</param>
    /// <param name="gamma">The first share by which the radius changes; the last is a fiftieth of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps, or a number is negative or not finite.</exception>
    public FMN(int steps = 100, double alpha = 1, double gamma = 0.05) =>
        (Steps, Alpha, Gamma) = (RequireCount(steps), RequireDistance(alpha), RequireDistance(gamma));

    public int Steps { get; }
    public double Alpha { get; }
    public double Gamma { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        OnSurvivors(model, x, y, 1, (_, images, labels, _) => Run(model, images, labels));

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var farthest = Norm.Length((x - Bounds.Min).maximum(Bounds.Max - x));
        var best = new SmallestChange(Norm, x);
        var (adversarial, radius) = (x.clone(), zeros_like(farthest));
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var cosine = (1 + Math.Cos(Math.PI * step / Steps)) / 2;
            var (alpha, gamma) = (Alpha / 100 + Alpha * 0.99 * cosine, Gamma / 50 + Gamma * 0.98 * cosine);
            var gradient = LossGradient.Of(model, adversarial, y, AttackLosses.Margin);
            var fooled = Fooled(gradient.Logits, y);
            var length = Norm.Length(adversarial - x);
            var before = best.Length.eq(float.PositiveInfinity).logical_and(fooled.logical_not());
            best.Offer(adversarial, fooled);
            var reach = length + gradient.Losses.abs() / Norm.Dual(gradient.Gradient).clamp(min: 1e-12);
            var (shrunk, grown) = ((radius * (1 - gamma)).minimum(best.Length), radius * (1 + gamma));
            radius.copy_(where(fooled, shrunk, where(before, grown.maximum(reach), grown)).minimum(farthest));
            var direction = Norm.L2.Steepest(gradient.Gradient) * (Targeted ? -alpha : alpha);
            adversarial.copy_(Norm.Project(x, adversarial + direction, Norm.PerImage(radius, x), Bounds));
        }
        return best.Images;
    }

    public override string ToString() => Describe($"steps: {Steps}, alpha: {Alpha:0.######}, gamma: {Gamma:0.######}");
}
