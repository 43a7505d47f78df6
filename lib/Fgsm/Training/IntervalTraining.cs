namespace Fgsm.Training;

/// <summary>
/// Certified training: the cross-entropy of the worst logits that interval bounds allow within eps, beside that of clean images,
/// kappa * L(f(x), y) + (1 - kappa) * L(worst, y). eps grows from 0 and kappa falls from 1, both linearly, since a network that
/// begins with large intervals learns nothing.
/// Gowal, Dvijotham, Stanforth, Bunel, Qin, Uesato, Arandjelovic, Mann, Kohli, "On the Effectiveness of Interval Bound Propagation for
/// Training Verifiably Robust Models", 2018, https://arxiv.org/abs/1810.12715, equation 12 and section 4.
/// A step costs about three ordinary ones.
/// With crown, while eps grows, the worst logits are a mixture of CROWN-IBP's, at first, and of intervals', at the end: Zhang, Chen, Xiao,
/// Gowal, Stanforth, Li, Boning, Hsieh, "Towards Stable and Efficient Training of Verifiably Robust Neural Networks", 2020,
/// https://arxiv.org/abs/1906.06316, equation 11 and section 4, beta from 1 to 0. Such a step costs about as many more as there are
/// classes.
/// </summary>
/// <example>
/// <c>new Trainer(model, optimizer, new IntervalTraining(0.3, warmup: 2000, ramp: 10000)).Fit(train, epochs: 100)</c> is the paper's
/// schedule for MNIST, in batches of 100.
/// </example>
public sealed class IntervalTraining : Objective
{
    private int step;

    /// <param name="eps">The largest change of a pixel at the end, in pixels of [0,1].</param>
    /// <param name="warmup">Steps of ordinary training first; a step is a batch.</param>
    /// <param name="ramp">Steps after them in which eps and kappa come to their last values.</param>
    /// <param name="kappa">The share of clean images in the loss at the end, from 0 to 1.</param>
    /// <param name="crown">CROWN-IBP while eps grows.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// eps is negative or not finite, steps are negative, or kappa is not from 0 to 1.
    /// </exception>
    public IntervalTraining(double eps, int warmup, int ramp, double kappa = 0.5, bool crown = false)
    {
        if (eps is not >= 0 || !double.IsFinite(eps))
            throw new ArgumentOutOfRangeException(
                nameof(eps), FormattableString.Invariant($"IntervalTraining: eps must be 0 or more and finite, got {eps}"));
        if (warmup < 0 || ramp < 0)
            throw new ArgumentOutOfRangeException(
                nameof(warmup), $"IntervalTraining: warmup and ramp must be 0 steps or more, got {warmup} and {ramp}");
        if (kappa is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(kappa), FormattableString.Invariant($"IntervalTraining: kappa must be from 0 to 1, got {kappa}"));
        (Eps, Warmup, Ramp, Kappa, Crown) = (eps, warmup, ramp, kappa, crown);
    }

    public double Eps { get; }
    public int Warmup { get; }
    public int Ramp { get; }
    public double Kappa { get; }
    public bool Crown { get; }

    internal override void Reset(int steps) => step = steps;

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var progress = Ramp == 0 ? step >= Warmup ? 1 : 0 : Math.Clamp((double)(step - Warmup) / Ramp, 0, 1);
        step++;
        var logits = model.call(x);
        var loss = nn.functional.cross_entropy(logits, y);
        if (progress == 0)
            return (loss, logits);
        var (eps, kappa) = (Eps * progress, 1 + (Kappa - 1) * progress);
        var (low, high) = ((x - eps).clamp(0, 1), (x + eps).clamp(0, 1));
        var worst = IntervalLogits.Worst(model, low, high, y);
        if (Crown && progress < 1)
            worst = LinearLogits.Worst(model, low, high, y) * (1 - progress) + worst * progress;
        return (loss * kappa + nn.functional.cross_entropy(worst, y) * (1 - kappa), logits);
    }
}
