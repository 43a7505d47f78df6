namespace Fgsm.Attacks;

/// <summary>The usual losses of attacks.</summary>
public static class AttackLosses
{
    /// <summary>-log of the probability of the label.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor y) =>
        nn.functional.cross_entropy(logits, y, reduction: nn.Reduction.None);

    /// <summary>
    /// The largest other logit less the label's: above 0 exactly where the model is wrong. Carlini and Wagner, "Towards Evaluating the
    /// Robustness of Neural Networks", 2017, https://arxiv.org/abs/1608.04644, f6 without its cut at 0.
    /// </summary>
    public static Tensor Margin(Tensor logits, Tensor y) => LargestOther(logits, y) - LogitOf(logits, y);

    /// <summary>
    /// The difference of logits ratio, <see cref="Margin"/> divided by the distance between the largest and the third largest logit:
    /// scaling the logits changes nothing. Croce and Hein, "Reliable Evaluation of Adversarial Robustness", 2020,
    /// https://arxiv.org/abs/2003.01690, equation 6.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer than three classes.</exception>
    public static Tensor Dlr(Tensor logits, Tensor y)
    {
        RequireClasses(logits, 3, "DLR");
        var sorted = logits.sort(1, descending: true).Item1;
        return Margin(logits, y) / (sorted[.., 0] - sorted[.., 2] + 1e-12);
    }

    /// <summary>Towards one class each: its logit less the label's, divided as in <see cref="Dlr"/>; equation 7 of the paper.</summary>
    /// <param name="target">int64, <c>[N]</c>: a class other than the label for each image.</param>
    /// <exception cref="ArgumentException">There are fewer than four classes.</exception>
    public static AttackLoss TargetedDlr(Tensor target) => (logits, y) =>
    {
        RequireClasses(logits, 4, "the targeted DLR");
        var sorted = logits.sort(1, descending: true).Item1;
        return (LogitOf(logits, target) - LogitOf(logits, y)) / (sorted[.., 0] - (sorted[.., 2] + sorted[.., 3]) / 2 + 1e-12);
    };

    internal static Tensor LogitOf(Tensor logits, Tensor y) => logits.gather(1, y.unsqueeze(1)).squeeze(1);

    internal static Tensor LargestOther(Tensor logits, Tensor y) =>
        where(arange(logits.shape[1]).to(logits.device).eq(y.unsqueeze(1)), full_like(logits, float.NegativeInfinity), logits).max(1).values;

    private static void RequireClasses(Tensor logits, int least, string loss)
    {
        if (logits.shape[1] < least)
            throw new ArgumentException($"{loss} loss needs {least} classes or more, the model has {logits.shape[1]}; use cross-entropy or the margin");
    }
}
