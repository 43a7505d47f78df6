namespace Fgsm.Attacks;

/// <summary>A model's logits, and the gradient of each of them with respect to the input.</summary>
internal static class LogitGradients
{
    /// <summary>One backward pass for each class.</summary>
    /// <returns>Logits <c>[N, classes]</c>, and for each class a gradient in the shape of x.</returns>
    public static (Tensor Logits, IReadOnlyList<Tensor> Gradients) Of(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        using var grad = enable_grad();
        var input = x.detach().requires_grad_();
        var logits = model.call(input);
        var classes = (int)logits.shape[1];
        return (logits.detach(), [.. Enumerable.Range(0, classes).Select(k => autograd.grad([logits[.., k].sum()], [input], retain_graph: k < classes - 1)[0])]);
    }
}
