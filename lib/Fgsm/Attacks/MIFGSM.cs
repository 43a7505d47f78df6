namespace Fgsm.Attacks;

/// <summary>
/// MI-FGSM, momentum iterative FGSM: g = mu * g + grad / |grad|_1, x' = project(x' + alpha * sign(g)). The momentum carries the attack
/// over the small bends of one network, so that its images fool others too.
/// Dong, Liao, Pang, Su, Zhu, Hu, Li, "Boosting Adversarial Attacks with Momentum", 2018, https://arxiv.org/abs/1710.06081, algorithm 1.
/// Distance: L-infinity.
/// </summary>
/// <remarks>torchattacks divides by the mean absolute gradient instead of the sum; the sign of g is the same.</remarks>
/// <example><c>var adversarial = new MIFGSM(eps: 16 / 255.0).Attack(model, x, y);</c></example>
public sealed class MIFGSM : FixedEpsAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="steps">How many steps of eps / steps; the paper takes 10.</param>
    /// <param name="decay">mu; the paper takes 1. 0 is the basic iterative method.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or decay is negative, NaN, or infinite in float32; or there are no steps.</exception>
    public MIFGSM(double eps, int steps = 10, double decay = 1) : base(eps) =>
        (Steps, Decay) = (RequireCount(steps), RequireDistance(decay));

    public int Steps { get; }
    public double Decay { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var (adversarial, momentum, eps) = (x.clone(), zeros_like(x), EpsFor(x));
        var step = (Targeted ? -Eps : Eps) / Steps;
        for (var i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            var gradient = LossGradient.Of(model, adversarial, y).Gradient;
            momentum.copy_(momentum * Decay + gradient / Norm.PerImage(Norm.L1.Length(gradient), x).clamp(min: 1e-37));
            adversarial.copy_(Norm.LInf.Project(x, adversarial + momentum.sign() * step, eps, Bounds));
        }
        return adversarial;
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, steps: {Steps}, decay: {Decay:0.######}");
}
