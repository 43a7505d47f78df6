namespace Fgsm.Attacks;

/// <summary>A model's logits and the gradient of its loss with respect to the input.</summary>
/// <param name="Logits"><c>[N, classes]</c>, of the clean input.</param>
/// <param name="Gradient">The shape of x.</param>
/// <param name="Losses">Of each image, <c>[N]</c>.</param>
public sealed record LossGradient(Tensor Logits, Tensor Gradient, Tensor Losses)
{
    /// <summary>
    /// The gradient with respect to x of the loss SUMMED over the batch, the model in eval mode. Each image then has the
    /// gradient of its own loss, whatever else is in the batch, and none is lost to underflow by the mean's 1/N; the sign is the
    /// same as the mean's.
    /// </summary>
    /// <param name="x"><c>[N, C, H, W]</c>; not changed.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    /// <param name="loss">Null for cross-entropy.</param>
    /// <exception cref="ArgumentException">The loss has no gradient with respect to the pixels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public static LossGradient Of(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, AttackLoss? loss = null)
    {
        using var scope = NewDisposeScope();
        using var eval = model.InEvalMode();
        using var grad = enable_grad();
        var input = x.detach().requires_grad_();
        var logits = model.call(input);
        RequireClasses(y, logits.shape[^1]);
        var losses = (loss ?? AttackLosses.CrossEntropy)(logits, y);
        var gradient = Of(losses, input);
        return new LossGradient(
            logits.detach().MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope(), losses.detach().MoveToOuterDisposeScope());
    }

    /// <summary>The gradient of the sum of losses or logits with respect to what the model was given.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static Tensor Of(Tensor losses, Tensor input, bool retainGraph = false)
    {
        var gradient = losses.requires_grad
            ? autograd.grad([losses.sum()], [input], retain_graph: retainGraph, allow_unused: true)[0] : null;
        // TorchSharp's null has no handle.
        return gradient is { IsInvalid: false } ? gradient : throw new ArgumentException(
            "The model's logits have no gradient with respect to the pixels; "
            + "wrap the layer that cuts it off in StraightThrough, or attack with Square");
    }

    /// <summary>PyTorch's cross_entropy leaves out images with label -100: an attack would leave them as they are and count them as survivors.</summary>
    private static void RequireClasses(Tensor y, long classes)
    {
        foreach (var label in y.data<long>().ToArray())
            if (label < 0 || label >= classes)
                throw new ArgumentOutOfRangeException(nameof(y), $"LossGradient: label {label} is not one of the {classes} classes");
    }
}
