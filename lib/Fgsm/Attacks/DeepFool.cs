namespace Fgsm.Attacks;

/// <summary>
/// DeepFool: takes the model for linear where the image is, steps to the nearest of the planes between the label and another class,
/// and begins again there, until the model is wrong.
/// Moosavi-Dezfooli, Fawzi, Frossard, "DeepFool: a simple and accurate method to fool deep neural networks", 2016,
/// https://arxiv.org/abs/1511.04599, algorithm 2.
/// Distance: L2 or L-infinity. One gradient for each class and step.
/// </summary>
/// <remarks>
/// The overshoot multiplies each step, as in foolbox and the adversarial library; the paper's code multiplies the whole change at the
/// end. Images leave the work when they are turned. Steps are clipped to the bounds, which the paper does not do.
/// </remarks>
/// <example><c>var adversarial = new DeepFool().Attack(model, x, y);</c></example>
public sealed class DeepFool : MinimalAttack
{
    /// <param name="steps">At most so many; 1 or more.</param>
    /// <param name="overshoot">How much further than the plane each step goes, as a share of the step; the paper takes 0.02.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps, or the overshoot is negative or not finite.</exception>
    public DeepFool(int steps = 50, double overshoot = 0.02) => (Steps, Overshoot) = (RequireCount(steps), RequireDistance(overshoot));

    public int Steps { get; }
    public double Overshoot { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => Targeted
        ? throw new NotSupportedException("DeepFool: there is no targeted form; use FMN")
        : OnSurvivors(model, x, y, 1, (_, images, labels, _) => Run(model, images, labels));

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var (adversarial, left) = (x.clone(), arange(x.shape[0]).to(x.device));
        for (var step = 0; step < Steps && left.numel() > 0; step++)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = (adversarial.index_select(0, left), y.index_select(0, left));
            images = (images + Step(model, images, labels) * (1 + Overshoot)).clamp(Bounds.Min, Bounds.Max);
            adversarial[left] = images;
            left = left[Fooled(model.call(images), labels).logical_not()].MoveToOuterDisposeScope();
        }
        return adversarial;
    }

    /// <summary>The smallest change that reaches the nearest plane.</summary>
    private Tensor Step(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var (logits, gradients) = LogitsAndGradients(model, x);
        var own = zeros_like(x);
        for (var k = 0; k < gradients.Count; k++)
            own = where(Norm.PerImage(y.eq(k), x), gradients[k], own);
        var (change, nearest) = (zeros_like(x), full_like(AttackLosses.LogitOf(logits, y), float.PositiveInfinity));
        for (var k = 0; k < gradients.Count; k++)
        {
            var w = gradients[k] - own;
            var slope = Norm.Dual(w);
            // 1e-4 beyond the plane, as in the authors' code: on it the label may still win.
            var distance = ((logits[.., k] - AttackLosses.LogitOf(logits, y)).abs() + 1e-4) / (slope + 1e-12);
            var nearer = distance.lt(nearest).logical_and(y.ne(k));
            nearest = where(nearer, distance, nearest);
            change = where(Norm.PerImage(nearer, x), Norm.Steepest(w) * Norm.PerImage(distance, x), change);
        }
        return change;
    }

    /// <summary>Logits <c>[N, classes]</c>, and for each class its logit's gradient with respect to x: one backward pass each.</summary>
    private static (Tensor Logits, IReadOnlyList<Tensor> Gradients) LogitsAndGradients(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        using var grad = enable_grad();
        var input = x.detach().requires_grad_();
        var logits = model.call(input);
        Tensor Gradient(int k) => LossGradient.Of(logits[.., k], input, retainGraph: k < logits.shape[1] - 1);
        return (logits.detach(), [.. Enumerable.Range(0, (int)logits.shape[1]).Select(Gradient)]);
    }

    public override string ToString() => Describe($"steps: {Steps}, overshoot: {Overshoot:0.######}");
}
