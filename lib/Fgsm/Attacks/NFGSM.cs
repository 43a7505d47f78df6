namespace Fgsm.Attacks;

/// <summary>
/// N-FGSM: uniform noise of twice eps, then one step of FGSM from there, without bringing the sum back to within eps. It is made for
/// training, where it avoids catastrophic overfitting; as an attack it exceeds eps, up to (noise + 1) * eps.
/// de Jorge, Bibi, Volpi, Sanyal, Torr, Rogez, Dokania, "Make Some Noise: Reliable and Efficient Single-Step Adversarial Training",
/// 2022, https://arxiv.org/abs/2202.01181, algorithm 1. One gradient an image.
/// </summary>
/// <example><c>new AdversarialExamples(new NFGSM(8 / 255.0), share: 1)</c></example>
public sealed class NFGSM : AdversarialAttack
{
    /// <param name="eps">The length of the step, in pixels of [0,1]; 0 or more.</param>
    /// <param name="noise">The largest noise as a multiple of eps, 0 or more; the paper takes 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps or noise is negative or not finite.</exception>
    public NFGSM(double eps, double noise = 2) => (Eps, Noise) = (RequireDistance(eps), RequireDistance(noise));

    public double Eps { get; }
    public double Noise { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var noisy = (x + RandomDraws.For(x, Seed).Uniform(x, -Noise * Eps, Noise * Eps)).clamp(Bounds.Min, Bounds.Max);
        return new FGSM(Eps, Targeted) { Bounds = Bounds }.Attack(model, noisy, y);
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, noise: {Noise:0.######}");
}
