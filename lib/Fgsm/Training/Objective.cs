namespace Fgsm.Training;

/// <summary>What a step of training makes smaller. Null in a <see cref="Trainer"/> is <see cref="CrossEntropy"/> on clean images.</summary>
/// <example>
/// A reader's own, in a cell:
/// <code>
/// sealed class MeanSquare : Objective
/// {
///     protected override (Tensor, Tensor) Loss(nn.Module&lt;Tensor, Tensor&gt; model, Tensor x, Tensor y)
///     {
///         var logits = model.call(x);
///         return ((logits - nn.functional.one_hot(y, 10)).square().mean(), logits);
///     }
/// }
/// </code>
/// </example>
public abstract class Objective
{
    /// <summary>The loss of a batch, a number with a gradient, and the logits <c>[N, classes]</c> from which accuracy is counted.</summary>
    /// <param name="model">In training mode.</param>
    /// <param name="x">Images, <c>[N, C, H, W]</c>.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    protected internal abstract (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y);

    /// <summary>Forgets what a training has left in it; called before each epoch, so that one that was stopped goes on to the same bits.</summary>
    /// <param name="steps">How many steps of the training are done.</param>
    internal virtual void Reset(int steps)
    {
    }

    /// <summary>One batch: the loss, its gradient, and one step of the optimiser.</summary>
    internal virtual (double Loss, long Correct) Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        optimizer.zero_grad();
        var (loss, logits) = Loss(model, x, y);
        loss.backward();
        optimizer.step();
        return (loss.item<float>(), logits.argmax(1).eq(y).sum().item<long>());
    }
}
