namespace Fgsm.Attacks;

/// <summary>
/// AutoAttack, standard: APGD with cross-entropy, targeted APGD, targeted FAB and Square, one after the other, each on the images that
/// still resist. Croce, Hein, "Reliable Evaluation of Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks", 2020,
/// https://arxiv.org/abs/2003.01690. The accuracy that it leaves is the usual measure of robustness (RobustBench).
/// Distance: L-infinity or L2.
/// </summary>
/// <remarks>
/// The official parameters are the defaults. The official code seeds each attack with the clock unless told
/// otherwise, so no seed is canonical; here each image's numbers follow from <see cref="AdversarialAttack.Seed"/>, which is 0 unless
/// said otherwise.
/// </remarks>
/// <example><c>var adversarial = new AutoAttack(eps: 8 / 255.0).Attack(model, x, y);</c></example>
public sealed class AutoAttack : FixedEpsAttack
{
    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <param name="steps">Of APGD and FAB.</param>
    /// <param name="targets">Of targeted APGD and FAB.</param>
    /// <param name="queries">Of Square.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32; or a number is below 1.</exception>
    public AutoAttack(double eps, int steps = 100, int targets = 9, int queries = 5000) : base(eps) =>
        (Steps, Targets, Queries, Seed) = (RequireCount(steps), RequireCount(targets), RequireCount(queries), 0);

    public int Steps { get; }
    public int Targets { get; }
    public int Queries { get; }

    /// <summary>The four attacks, in their order.</summary>
    public IReadOnlyList<AdversarialAttack> Parts =>
    [
        new APGD(Eps, Steps) { Norm = Norm, Bounds = Bounds, Seed = Seed },
        new TargetedAPGD(Eps, Steps, Targets) { Norm = Norm, Bounds = Bounds, Seed = Seed },
        new FAB(Steps, Targets, enough: Eps) { Norm = Norm, Bounds = Bounds },
        new Square(Eps, Queries) { Norm = Norm, Bounds = Bounds, Seed = Seed },
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.LInf, Norm.L2];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        if (Targeted)
            throw new NotSupportedException("AutoAttack: it has no given target; use PGD");
        var (parts, eps) = (Parts, EpsFor(x));
        // FAB looks for the nearest adversarial image, which may be further away than eps: what counts is the point within.
        return OnSurvivors(model, x, y, parts.Count, (part, images, labels, _) =>
            Norm.Project(images, parts[part].Attack(model, images, labels), eps, Bounds));
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, steps: {Steps}, targets: {Targets}, queries: {Queries}");
}
