namespace Fgsm.Training;

/// <summary>
/// Lookahead: after every few steps of another objective the network is put between its weights of before and after them, and goes on
/// from there. It costs no gradients.
/// Zhang, Lucas, Hinton, Ba, "Lookahead Optimizer: k steps forward, 1 step back", 2019, https://arxiv.org/abs/1907.08610, algorithm 1,
/// in the form of Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498, section 3.4: the
/// share of the earlier weights rises with the third power of the time, so that it hardly holds up the beginning and averages the end, and
/// buffers, such as batch normalisation's statistics, are averaged like weights.
/// </summary>
/// <remarks>The paper's code looks back over the end of an epoch; here each epoch begins anew.</remarks>
public sealed class Lookahead : Objective
{
    private Dictionary<string, Tensor>? before;
    private int step;

    /// <param name="inner">What the steps make smaller.</param>
    /// <param name="steps">Of the whole training: batches times epochs. 1 or more.</param>
    /// <param name="every">How many steps forward for one back, counted from the training's last; 1 or more. The papers take 5.</param>
    /// <param name="share">Of the weights of before, at the end; from 0 to 1. 0.95^5 is the paper's.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps, or the share is not from 0 to 1.</exception>
    public Lookahead(Objective inner, int steps, int every = 5, double share = 0.7737809375)
    {
        if (steps < 1 || every < 1)
            throw new ArgumentOutOfRangeException(
                steps < 1 ? nameof(steps) : nameof(every), $"Lookahead: steps and every must be 1 or more, got {steps} and {every}");
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(share), FormattableString.Invariant($"Lookahead: share must be from 0 to 1, got {share}"));
        (Inner, Steps, Every, Share) = (inner, steps, every, share);
    }

    public Objective Inner { get; }
    public int Steps { get; }
    public int Every { get; }
    public double Share { get; }

    internal override void Reset(int steps)
    {
        step = steps;
        Forget();
        Inner.Reset(steps);
    }

    internal override (double Loss, long Correct) Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        before ??= Weights(model).ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope());
        var result = Inner.Step(model, optimizer, x, y);
        step++;
        if ((Steps - step) % Every == 0)
            LookBack(model, Share * Math.Pow((double)step / Steps, 3));
        return result;
    }

    private void LookBack(nn.Module<Tensor, Tensor> model, double share)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        foreach (var (name, weights) in Weights(model))
        {
            before![name].add_((weights - before[name]) * (1 - share));
            weights.copy_(before[name]);
        }
        if (step >= Steps)
            Forget();
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Weights(nn.Module model) =>
        model.state_dict().Where(w => w.Value.dtype == float32);

    private void Forget()
    {
        foreach (var weights in before?.Values ?? Enumerable.Empty<Tensor>())
            weights.Dispose();
        before = null;
    }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        Inner.Loss(model, x, y);
}
