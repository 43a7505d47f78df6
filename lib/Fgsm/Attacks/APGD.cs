namespace Fgsm.Attacks;

/// <summary>
/// APGD, auto-PGD: projected gradient steps with momentum whose length starts at 2 eps and is halved, image by image, when the loss
/// stops rising; after a halving the attack goes on from the best point.
/// Croce, Hein, "Reliable Evaluation of Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks", 2020,
/// https://arxiv.org/abs/2003.01690, algorithm 1.
/// Distance: L-infinity or L2.
/// </summary>
/// <remarks>
/// As in the official code: the first point is at the edge of the ball, and the first check counts the first loss as a rise when it
/// is above 0. Unlike there, a gradient below 1e-12 has a direction in L2 too. An image that is never turned stays as it is.
/// </remarks>
/// <example><c>var adversarial = new APGD(eps: 8 / 255.0) { Loss = AttackLosses.Dlr }.Attack(model, x, y);</c></example>
public class APGD : FixedEpsAttack
{
    private const double Rho = 0.75;

    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <param name="steps">The official code takes 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32; or there are no steps.</exception>
    public APGD(double eps, int steps = 100) : base(eps) => Steps = RequireCount(steps);

    public int Steps { get; }

    /// <summary>What the attack makes large; cross-entropy unless said otherwise.</summary>
    public AttackLoss Loss { get; init; } = AttackLosses.CrossEntropy;

    /// <summary>Runs from other random places for the images that still resist; 1 or more.</summary>
    public int Restarts { get; init => field = RequireCount(value, nameof(Restarts)); } = 1;

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.LInf, Norm.L2];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => Targeted
        ? throw new NotSupportedException($"{GetType().Name}: it has no given target; use PGD")
        : OnSurvivors(model, x, y, Restarts, (_, images, labels, draws) => Run(model, images, labels, Loss, draws));

    /// <summary>One run from a random place.</summary>
    /// <returns>Where the model was wrong on the way, the last such point; elsewhere the first point.</returns>
    private protected Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, AttackLoss loss, RandomDraws draws)
    {
        var eps = EpsFor(x);
        var point = Norm.Project(x, x + Start(x, draws) * Eps, eps, Bounds);
        var now = LossGradient.Of(model, point, y, loss);
        var (found, gradient, last) = (point.clone(), now.Gradient, point.clone());
        var (best, bestGradient, bestLoss) = (point.clone(), gradient.clone(), now.Losses.clone());
        var (step, rises, before) = (full_like(bestLoss, 2 * Eps), zeros_like(bestLoss), zeros_like(bestLoss));
        var (lossAtCheck, halved) = (bestLoss.clone(), ones_like(bestLoss).ne(0));
        var (period, sinceCheck) = (Math.Max((int)(0.22 * Steps), 1), 0);
        for (var i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            var momentum = point - last;
            last.copy_(point);
            var a = i > 0 ? 0.75 : 1;
            var next = Norm.Project(x, point + Norm.Steepest(gradient) * Norm.PerImage(step, x), eps, Bounds);
            point.copy_(Norm.Project(x, point + (next - point) * a + momentum * (1 - a), eps, Bounds));

            now = LossGradient.Of(model, point, y, loss);
            gradient.copy_(now.Gradient);
            found.copy_(where(Norm.PerImage(Fooled(now.Logits, y), x), point, found));
            var better = now.Losses.gt(bestLoss);
            best.copy_(where(Norm.PerImage(better, x), point, best));
            bestGradient.copy_(where(Norm.PerImage(better, x), gradient, bestGradient));
            bestLoss.copy_(where(better, now.Losses, bestLoss));
            rises.copy_(rises + now.Losses.gt(before).to(float32));
            before.copy_(now.Losses);
            if (++sinceCheck < period)
                continue;

            // Halve the step where the loss rose too seldom, or did not rise at all since the last check and the step was not halved there.
            var stuck = halved.logical_not().logical_and(lossAtCheck.ge(bestLoss));
            halved.copy_(rises.le(period * Rho).logical_or(stuck));
            lossAtCheck.copy_(bestLoss);
            step.copy_(where(halved, step / 2, step));
            point.copy_(where(Norm.PerImage(halved, x), best, point));
            gradient.copy_(where(Norm.PerImage(halved, x), bestGradient, gradient));
            rises.zero_();
            (period, sinceCheck) = (Math.Max(period - Math.Max((int)(0.03 * Steps), 1), Math.Max((int)(0.06 * Steps), 1)), 0);
        }
        return found;
    }

    /// <summary>A random change of length 1, at the edge.</summary>
    private Tensor Start(Tensor x, RandomDraws draws)
    {
        var numbers = Norm == Norm.LInf ? draws.Uniform(x, 0, 1) * 2 - 1 : draws.Normal(x);
        return numbers / (Norm.PerImage(Norm.Length(numbers), x) + 1e-12);
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, steps: {Steps}, loss: {Loss.Method.Name}, restarts: {Restarts}");
}
