namespace Fgsm.Attacks;

/// <summary>
/// Carlini and Wagner's attack: the change and c times the margin are made small together, |x' - x|^2 + c * max(margin, -confidence),
/// by Adam over w with x' = (tanh(w) + 1) / 2, which keeps pixels within bounds; c is searched by halving for each image.
/// Carlini, Wagner, "Towards Evaluating the Robustness of Neural Networks", 2017, https://arxiv.org/abs/1608.04644, section VI.
/// Distance: L2.
/// </summary>
/// <remarks>
/// As in the authors' code, Adam begins anew for each c, and a search stops when no loss has fallen for a tenth of the steps. Unlike
/// there the images of a batch stop one by one, so that an image fares the same alone and in a batch.
/// </remarks>
/// <example><c>var adversarial = new CarliniWagner(steps: 1000).Attack(model, x, y);</c></example>
public sealed class CarliniWagner : MinimalAttack
{
    /// <param name="steps">For each c, at the price of a gradient each; the paper takes 10,000.</param>
    /// <param name="searches">How many values of c; the paper takes 9 or 10.</param>
    /// <param name="learningRate">Of Adam, in w; the paper takes 0.01.</param>
    /// <param name="c">The first value of c; the paper takes 0.001.</param>
    /// <param name="confidence">How far the wrong class must lead, in logits; 0 for just wrong.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps or searches, or a number is negative or not finite.</exception>
    public CarliniWagner(int steps = 1000, int searches = 9, double learningRate = 0.01, double c = 0.001, double confidence = 0)
    {
        (Steps, Searches, LearningRate) = (RequireCount(steps), RequireCount(searches), RequireDistance(learningRate));
        (C, Confidence) = (RequireDistance(c), RequireDistance(confidence));
    }

    public int Steps { get; }
    public int Searches { get; }
    public double LearningRate { get; }
    public double C { get; }
    public double Confidence { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.L2];

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        Bounds == Bounds.None ? throw new ArgumentException("CarliniWagner: tanh needs bounds, got none")
        : OnSurvivors(model, x, y, 1, (_, images, labels, _) => Run(model, images, labels));

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var middle = (Bounds.Min + Bounds.Max) / 2;
        var half = (Bounds.Max - Bounds.Min) / 2;
        // The inverse of tanh, a little inside, where it is finite.
        var inside = (x - middle) / half * (1 - 1e-6);
        var start = ((inside + 1) / (1 - inside)).log() / 2;
        var best = new SmallestChange(Norm, x);
        var (low, high, c) = (zeros_like(best.Length), full_like(best.Length, float.PositiveInfinity), full_like(best.Length, C));
        for (var search = 0; search < Searches; search++)
        {
            using var scope = NewDisposeScope();
            var found = zeros_like(best.Length).ne(0);
            Descend(model, x, y, start, w => w.tanh() * half + middle, c, (adversarial, fooled) =>
            {
                best.Offer(adversarial, fooled);
                found.copy_(found.logical_or(fooled));
            });
            high.copy_(where(found, high.minimum(c), high));
            low.copy_(where(found, low, low.maximum(c)));
            c.copy_(where(high.eq(float.PositiveInfinity), c * 10, (low + high) / 2));
        }
        return best.Images;
    }

    /// <summary>Adam's steps for one c of each image.</summary>
    /// <param name="image">The image of a w.</param>
    /// <param name="found">Told, at each step, the images and which of them fool the model.</param>
    private void Descend(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, Tensor start, Func<Tensor, Tensor> image, Tensor c,
        Action<Tensor, Tensor> found)
    {
        var w = start.clone();
        var (mean, square) = (zeros_like(x), zeros_like(x));
        var (power1, power2) = (1.0, 1.0);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            Tensor gradient;
            using (enable_grad())
            {
                var input = w.detach().requires_grad_();
                var adversarial = image(input);
                var logits = model.call(adversarial);
                var margin = Targeted ? AttackLosses.Margin(logits, y) : AttackLosses.Margin(logits, y).neg();
                // The distance has a gradient even where the model has none.
                if (step == 0)
                    LossGradient.Of(margin, input, retainGraph: true);
                var distance = (adversarial - x).square().reshape(x.shape[0], -1).sum(1);
                var loss = distance + c * (margin + Confidence).clamp(min: 0);
                gradient = autograd.grad([loss.sum()], [input])[0];
                found(adversarial.detach(), margin.detach().lt(-Confidence));
            }
            (power1, power2) = (power1 * 0.9, power2 * 0.999);
            mean.copy_(mean * 0.9 + gradient * 0.1);
            square.copy_(square * 0.999 + gradient.square() * 0.001);
            w.copy_(w - mean / ((square / (1 - power2)).sqrt() + 1e-8) * (LearningRate / (1 - power1)));
        }
    }

    public override string ToString() => Describe(
        $"steps: {Steps}, searches: {Searches}, learningRate: {LearningRate:0.######}, c: {C:0.######}, confidence: {Confidence:0.######}");
}
