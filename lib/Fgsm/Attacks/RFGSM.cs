namespace Fgsm.Attacks;

/// <summary>
/// R+FGSM: a random step of alpha to a corner, x1 = x + alpha * sign(normal numbers), then FGSM from there with what is left of eps.
/// Tramer, Kurakin, Papernot, Goodfellow, Boneh, McDaniel, "Ensemble Adversarial Training", 2018, https://arxiv.org/abs/1705.07204, equation 6.
/// Distance: L-infinity. The random step leaves the place where a network trained on FGSM hides its gradient.
/// </summary>
/// <example><c>var adversarial = new RFGSM(eps: 0.3).Attack(model, x, y);</c></example>
public sealed class RFGSM : FixedEpsAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="alpha">The random part of it; null for eps / 2, as in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative or not finite, or alpha is not from 0 to eps.</exception>
    public RFGSM(double eps, double? alpha = null) : base(eps)
    {
        Alpha = RequireDistance(alpha ?? eps / 2, nameof(alpha));
        if (Alpha > Eps)
            throw new ArgumentOutOfRangeException(
                nameof(alpha), FormattableString.Invariant($"RFGSM: alpha {Alpha} is larger than eps {Eps}"));
    }

    public double Alpha { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var start = (x + RandomDraws.For(x, Seed).Normal(x).sign() * Alpha).clamp(Bounds.Min, Bounds.Max);
        return Norm.Project(x, new FGSM(Eps - Alpha, Targeted) { Bounds = Bounds }.Attack(model, start, y), EpsFor(x), Bounds);
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, alpha: {Alpha:0.######}");
}
