namespace Fgsm.Training;

/// <summary>
/// "Free" adversarial training: every batch is trained on several times in a row, and the same backward pass that moves the weights
/// moves the perturbation, which goes on from batch to batch. A batch costs as many gradients an image as it has replays, so an epoch
/// with m replays does the work of m ordinary ones.
/// Shafahi, Najibi, Ghiasi, Xu, Dickerson, Studer, Davis, Taylor, Goldstein, "Adversarial Training for Free!", 2019,
/// https://arxiv.org/abs/1904.12843, algorithm 1.
/// </summary>
/// <remarks>The official code keeps the perturbation from epoch to epoch; here each epoch begins without one.</remarks>
public sealed class FreeTraining : CrossEntropy
{
    private Tensor? delta;

    /// <param name="eps">The largest change of a pixel, in pixels of [0,1].</param>
    /// <param name="replays">How often each batch is trained on; 1 or more. The paper takes 8 for CIFAR-10.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative or not finite, or there are no replays.</exception>
    public FreeTraining(double eps, int replays = 8)
    {
        if (eps is not >= 0 || !double.IsFinite(eps))
            throw new ArgumentOutOfRangeException(
                nameof(eps), FormattableString.Invariant($"FreeTraining: eps must be 0 or more and finite, got {eps}"));
        if (replays < 1)
            throw new ArgumentOutOfRangeException(nameof(replays), $"FreeTraining: replays must be 1 or more, got {replays}");
        (Eps, Replays) = (eps, replays);
    }

    public double Eps { get; }
    public int Replays { get; }

    internal override void Reset(int steps)
    {
        delta?.Dispose();
        delta = null;
    }

    internal override (double Loss, long Correct) Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        delta ??= zeros_like(x).DetachFromDisposeScope();
        var change = delta[..(int)x.shape[0]];
        (double Loss, long Correct) last = default;
        for (var replay = 0; replay < Replays; replay++)
        {
            using var scope = NewDisposeScope();
            var input = (x + change).clamp(0, 1).detach().requires_grad_();
            last = base.Step(model, optimizer, input, y);
            using (no_grad())
                change.copy_((change + input.grad!.sign() * Eps).clamp(-Eps, Eps));
        }
        return last;
    }
}
