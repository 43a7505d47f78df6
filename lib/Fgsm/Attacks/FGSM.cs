namespace Fgsm.Attacks;

/// <summary>
/// FGSM, the fast gradient sign method: x' = clip(x + eps * sign(grad_x L(f(x), y))).
/// Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples", 2015, https://arxiv.org/abs/1412.6572.
/// Distance: L-infinity; with another <see cref="Norm"/> it is the fast gradient method, whose step is eps times
/// <see cref="Norm.Steepest"/>: eps * g / |g| for L2, the pixel with the largest gradient for L1. sign(0) is 0: a pixel without
/// gradient stays.
/// </summary>
/// <remarks>
/// x + eps is rounded to the nearest float, as in every implementation of the formula: a pixel may pass eps by that rounding, at most
/// 2^-25 below 1. The attacks of several steps are projected to within eps to the last bit.
/// </remarks>
/// <example><c>var adversarial = new FGSM(eps: 8 / 255.0).Attack(model, x, y);</c></example>
public sealed class FGSM : FixedEpsAttack
{
    /// <param name="eps">The length of the change: of each pixel, in pixels of [0,1], for L-infinity; 0 or more.</param>
    /// <param name="targeted">Go down the loss of the given labels, towards them, instead of up and away.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32.</exception>
    public FGSM(double eps, bool targeted = false) : base(eps) => Targeted = targeted;

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.LInf, Norm.L2, Norm.L1];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        Step(x, Direction(LossGradient.Of(model, x, y)));

    /// <summary>
    /// A change of length 1; for L-infinity -1, 0 or +1 for each pixel. It does not depend on eps, so a sweep over eps needs it once.
    /// </summary>
    internal Tensor Direction(LossGradient gradient) =>
        Targeted ? Norm.Steepest(gradient.Gradient).neg() : Norm.Steepest(gradient.Gradient);

    /// <summary>clip(x + eps * direction).</summary>
    internal Tensor Step(Tensor x, Tensor direction) => (x + direction * Eps).clamp(Bounds.Min, Bounds.Max);

    public override string ToString() => Describe($"eps: {Eps:0.######}");
}
