namespace Fgsm.Training;

/// <summary>
/// TRADES: cross-entropy on clean images, plus beta times how far the network's probabilities move under attack,
/// L(f(x), y) + beta * KL(f(x) || f(x')), where x' is the point within eps that moves them most. beta buys robustness with accuracy.
/// Zhang, Yu, Jiao, Xing, El Ghaoui, Jordan, "Theoretically Principled Trade-off between Robustness and Accuracy", 2019,
/// https://arxiv.org/abs/1901.08573, equation 5 and algorithm 1. A batch costs steps + 2 gradients an image.
/// </summary>
/// <remarks>The official code starts at normal noise of 0.001; here PGD starts uniformly within eps.</remarks>
public sealed class Trades : Objective
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1].</param>
    /// <param name="beta">1 over the paper's lambda; the paper takes 1 and 6.</param>
    /// <param name="steps">Of the attack.</param>
    /// <param name="alpha">The length of one step; null for eps / 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">beta is negative or not finite, or the attack's options are out of range.</exception>
    public Trades(double eps, double beta = 6, int steps = 10, double? alpha = null)
    {
        if (beta is not >= 0 || !double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(
                nameof(beta), FormattableString.Invariant($"Trades: beta must be 0 or more and finite, got {beta}"));
        (Beta, Attack) = (beta, new PGD(eps, alpha ?? eps / 4, steps));
    }

    public double Beta { get; }

    /// <summary>How x' is found; its loss is the divergence.</summary>
    public PGD Attack { get; }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var clean = Clean(model, x);
        var pgd = new PGD(Attack.Eps, Attack.Alpha, Attack.Steps) { Loss = (logits, _) => Divergence(clean, logits) };
        var adversarial = pgd.Attack(model, x, y);
        var logits = model.call(x);
        var divergence = Divergence(nn.functional.log_softmax(logits, 1), model.call(adversarial)).mean();
        return (nn.functional.cross_entropy(logits, y) + divergence * Beta, logits);
    }

    private static Tensor Clean(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        using var grad = no_grad();
        using var eval = model.InEvalMode();
        return nn.functional.log_softmax(model.call(x), 1);
    }

    /// <summary>KL of each image, <c>[N]</c>: the sum over classes of p * (log p - log q).</summary>
    private static Tensor Divergence(Tensor logP, Tensor logits) =>
        (logP.exp() * (logP - nn.functional.log_softmax(logits, 1))).sum(1);
}
