namespace Fgsm.Attacks;

/// <summary>
/// APGD-T: <see cref="APGD"/> with the targeted DLR loss, towards one class after the other, the likeliest first, as long as an image
/// resists. Croce, Hein, 2020, https://arxiv.org/abs/2003.01690, section 4.3.
/// Distance: L-infinity or L2.
/// </summary>
/// <example><c>var adversarial = new TargetedAPGD(eps: 8 / 255.0).Attack(model, x, y);</c></example>
public sealed class TargetedAPGD : APGD
{
    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <param name="steps">For each target; the official code takes 100.</param>
    /// <param name="targets">The classes tried; the official code takes 9.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32; or there are no steps or targets.</exception>
    public TargetedAPGD(double eps, int steps = 100, int targets = 9) : base(eps, steps) => Targets = RequireCount(targets);

    public int Targets { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var targets = (int)Math.Min(Targets, model.call(x[..1]).shape[1] - 1);
        return OnSurvivors(model, x, y, targets * Restarts, (run, images, labels, draws) =>
        {
            var target = model.call(images).argsort(1, descending: true)[.., run / Restarts + 1];
            return Run(model, images, labels, AttackLosses.TargetedDlr(target), draws);
        });
    }

    public override string ToString() => Describe($"eps: {Eps:0.######}, steps: {Steps}, targets: {Targets}, restarts: {Restarts}");
}
