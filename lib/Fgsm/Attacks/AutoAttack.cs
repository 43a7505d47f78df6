namespace Fgsm.Attacks;

/// <summary>
/// AutoAttack, standard: APGD with cross-entropy, targeted APGD, targeted FAB and Square, one after the other, each on the images that
/// still resist. Croce, Hein, "Reliable Evaluation of Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks", 2020,
/// https://arxiv.org/abs/2003.01690. The accuracy that it leaves is the usual measure of robustness (RobustBench).
/// Distance: L-infinity.
/// </summary>
/// <remarks>
/// The official parameters: 100 steps, 9 targets, 5,000 queries. The official code seeds each attack with the clock unless told
/// otherwise, so no seed is canonical; here each image's numbers follow from <see cref="AdversarialAttack.Seed"/>, which is 0 unless
/// said otherwise.
/// </remarks>
/// <example><c>var adversarial = new AutoAttack(eps: 8 / 255.0).Attack(model, x, y);</c></example>
public sealed class AutoAttack : FixedEpsAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32.</exception>
    public AutoAttack(double eps) : base(eps) => Seed = 0;

    /// <summary>The four attacks, in their order.</summary>
    public IReadOnlyList<AdversarialAttack> Parts =>
    [
        new APGD(Eps) { Bounds = Bounds, Seed = Seed },
        new TargetedAPGD(Eps) { Bounds = Bounds, Seed = Seed },
        new FAB(enough: Eps) { Norm = Norm.LInf, Bounds = Bounds, Seed = Seed },
        new Square(Eps) { Bounds = Bounds, Seed = Seed },
    ];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => Targeted
        ? throw new NotSupportedException("AutoAttack: it has no given target; use PGD")
        : OnSurvivors(model, x, y, Parts.Count, (part, images, labels, _) => Within(images, Parts[part].Attack(model, images, labels)));

    /// <summary>FAB looks for the nearest adversarial image, which may be further away than eps: then it does not count.</summary>
    private Tensor Within(Tensor x, Tensor adversarial) =>
        where(Norm.PerImage(Norm.LInf.Length(adversarial - x).le(Eps + 1e-6), x), adversarial, x);

    public override string ToString() => FormattableString.Invariant($"AutoAttack(eps: {Eps:0.######}, bounds: [{Bounds.Min}, {Bounds.Max}], seed: {Seed})");
}
