namespace Fgsm.Training;

/// <summary>
/// Easier objectives first, each for some steps, then another: training on PGD's examples at a large eps learns nothing from the start
/// on, and does after an epoch each at smaller ones.
/// </summary>
/// <example>
/// An epoch each at 0.1 and 0.2, of 600 batches, then 0.3:
/// <code>
/// Objective At(double eps) => new AdversarialExamples(new PGD(eps, eps / 4, steps: 7), share: 1);
/// var objective = new Warmup([At(0.1), At(0.2)], steps: 600, At(0.3));
/// </code>
/// </example>
public sealed class Warmup : Objective
{
    private int step;

    /// <param name="first">In this order.</param>
    /// <param name="steps">Of each of the first; a step is a batch. 1 or more.</param>
    /// <param name="then">For the rest of the training.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps.</exception>
    public Warmup(IReadOnlyList<Objective> first, int steps, Objective then)
    {
        if (steps < 1)
            throw new ArgumentOutOfRangeException(nameof(steps), $"Warmup: steps must be 1 or more, got {steps}");
        (First, Steps, Then) = (first, steps, then);
    }

    public IReadOnlyList<Objective> First { get; }
    public int Steps { get; }
    public Objective Then { get; }

    private Objective Now => step / Steps < First.Count ? First[step / Steps] : Then;

    internal override void Reset(int steps)
    {
        step = steps;
        foreach (var objective in First.Append(Then))
            objective.Reset(steps);
    }

    internal override (double Loss, long Correct) Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        var result = Now.Step(model, optimizer, x, y);
        step++;
        return result;
    }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        Now.Loss(model, x, y);
}
