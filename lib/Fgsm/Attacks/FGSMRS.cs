namespace Fgsm.Attacks;

/// <summary>
/// FGSM-RS: one long step from a random place within eps, brought back to within eps. Trained on it instead of on FGSM, a network
/// does not learn to hide its gradient at the image itself; at larger eps it may all the same.
/// Wong, Rice, Kolter, "Fast is better than free: Revisiting adversarial training", 2020, https://arxiv.org/abs/2001.03994,
/// algorithm 3. Distance: L-infinity. One gradient an image.
/// </summary>
/// <remarks>x + eps and x - eps are rounded to the nearest float, as in <see cref="FGSM"/>.</remarks>
/// <example><c>new AdversarialExamples(new FGSMRS(0.3), share: 1)</c></example>
public sealed class FGSMRS : FixedEpsAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="factor">The length of the step as a multiple of eps; the paper takes 1.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or factor is negative or not finite.</exception>
    public FGSMRS(double eps, double factor = 1.25) : base(eps) => Factor = RequireDistance(factor);

    public double Factor { get; }

    /// <summary>
    /// Whether the random place is brought within the bounds before the step, as in the paper's code for CIFAR-10; algorithm 3 and the
    /// code for MNIST leave it where it is. Where most pixels are 0, as in MNIST, a start within the bounds leaves half of them at 0.
    /// </summary>
    public bool StartsWithinBounds { get; init; } = true;

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var start = x + RandomDraws.For(x, Seed).Uniform(x, -Eps, Eps);
        if (StartsWithinBounds)
            start = start.clamp(Bounds.Min, Bounds.Max);
        var step = new FGSM(Factor * Eps, Targeted) { Bounds = Bounds.None }.Attack(model, start, y);
        return step.maximum(x - Eps).minimum(x + Eps).clamp(Bounds.Min, Bounds.Max);
    }

    public override string ToString() =>
        Describe($"eps: {Eps:0.######}, factor: {Factor:0.######}{(StartsWithinBounds ? "" : ", start not clipped")}");
}
