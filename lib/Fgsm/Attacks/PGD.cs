namespace Fgsm.Attacks;

/// <summary>
/// PGD, projected gradient descent: many small steps of FGSM, x' = project(x' + alpha * sign(grad_x L(f(x'), y))), each one
/// brought back to within eps of x and into the bounds.
/// Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards Deep Learning Models Resistant to Adversarial Attacks", 2018, https://arxiv.org/abs/1706.06083.
/// Distance: L-infinity unless <see cref="Norm"/> says otherwise; a step is alpha times <see cref="Norm.Steepest"/>. Where FGSM's one
/// long step overshoots, PGD follows the bends of the loss.
/// </summary>
/// <remarks>
/// As torchattacks and Madry's code it returns the last point, not the one with the largest loss. torchattacks' PGDL2 starts at a
/// normal direction with a uniform length; this one is uniform in the ball.
/// </remarks>
/// <example><c>var adversarial = new PGD(eps: 0.3, alpha: 0.01, steps: 40).Attack(model, x, y);</c></example>
public class PGD : FixedEpsAttack
{
    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <param name="alpha">The length of one step, in the same units; 0 or more. Below eps / steps no pixel reaches eps.</param>
    /// <param name="steps">How many, each at the price of an FGSM; 1 or more.</param>
    /// <param name="randomStart">Start at a random place within eps of x instead of at x.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or alpha is negative, NaN, or infinite in float32; or there are no steps.</exception>
    public PGD(double eps, double alpha, int steps, bool randomStart = true) : base(eps) =>
        (Alpha, Steps, RandomStart) = (RequireDistance(alpha), RequireCount(steps), randomStart);

    public double Alpha { get; }
    public int Steps { get; }
    public bool RandomStart { get; }

    /// <summary>What each step makes larger, or smaller in a targeted attack; cross-entropy unless said otherwise.</summary>
    public AttackLoss Loss { get; init; } = AttackLosses.CrossEntropy;

    /// <summary>Runs from other random places for the images that still resist; 1 or more.</summary>
    public int Restarts { get; init => field = RequireCount(value, nameof(Restarts)); } = 1;

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.LInf, Norm.L2, Norm.L1];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var adversarial = Run(model, x, y, RandomDraws.For(x, Seed));
        for (var restart = 1; restart < Restarts; restart++)
        {
            using var scope = NewDisposeScope();
            var left = Fooled(model.call(adversarial), y).logical_not().nonzero().reshape(-1);
            if (left.numel() == 0)
                break;
            var (images, labels) = (x.index_select(0, left), y.index_select(0, left));
            var again = Run(model, images, labels, RandomDraws.For(images, Seed + restart));
            var better = Worth(model, again, labels).gt(Worth(model, adversarial.index_select(0, left), labels));
            adversarial[left[better]] = again[better];
        }
        return adversarial;
    }

    /// <summary>The loss as the attacker sees it, infinite where the model is fooled.</summary>
    private Tensor Worth(nn.Module<Tensor, Tensor> model, Tensor images, Tensor y)
    {
        var logits = model.call(images);
        var loss = Loss(logits, y);
        return where(Fooled(logits, y), full_like(loss, float.PositiveInfinity), Targeted ? loss.neg() : loss);
    }

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, RandomDraws draws)
    {
        var eps = EpsFor(x);
        var adversarial = RandomStart ? Norm.Project(x, x + Norm.RandomChange(x, Eps, draws), eps, Bounds) : x.clone();
        var step = Targeted ? -Alpha : Alpha;
        for (var i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            var direction = Norm.Steepest(LossGradient.Of(model, adversarial, y, Loss).Gradient);
            adversarial.copy_(Norm.Project(x, adversarial + direction * step, eps, Bounds));
        }
        return adversarial;
    }

    public override string ToString()
    {
        var loss = Loss == AttackLosses.CrossEntropy ? "" : $", loss: {Loss.Method.Name}";
        var restarts = Restarts == 1 ? "" : FormattableString.Invariant($", restarts: {Restarts}");
        return Describe($"eps: {Eps:0.######}, alpha: {Alpha:0.######}, steps: {Steps}, randomStart: {RandomStart}{loss}{restarts}");
    }
}
