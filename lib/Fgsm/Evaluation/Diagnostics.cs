namespace Fgsm.Evaluation;

/// <summary>The numbers behind one attack, as in report B's appendix: the gradient and the perturbation of one or more images.</summary>
/// <param name="GradientMin">The smallest element of the gradient of the loss.</param>
/// <param name="GradientMax">The largest.</param>
/// <param name="GradientStd">Its standard deviation (divided by n - 1, PyTorch's).</param>
/// <param name="NonZero">How many elements are not 0.</param>
/// <param name="Elements">How many there are.</param>
/// <param name="LInfinity">
/// The largest absolute change: of FGSM before clipping, eps * sign(gradient); of another attack that of its images.
/// </param>
/// <param name="Mean">The mean of that change.</param>
/// <param name="Std">Its standard deviation.</param>
/// <param name="MaxPixelDifference">The largest absolute change of a pixel after clipping.</param>
public sealed record Diagnostics(double GradientMin, double GradientMax, double GradientStd, long NonZero, long Elements,
    double LInfinity, double Mean, double Std, double MaxPixelDifference)
{
    /// <param name="x">Images, <c>[N, C, H, W]</c>.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    public static Diagnostics Of(nn.Module<Tensor, Tensor> model, AdversarialAttack attack, Tensor x, Tensor y)
    {
        attack.Require(x, y);
        using var scope = NewDisposeScope();
        var gradient = LossGradient.Of(model, x, y);
        var difference = attack.Attack(model, x, y) - x;
        var change = attack is FGSM fgsm ? fgsm.Direction(gradient) * fgsm.Eps : difference;
        return new Diagnostics(
            gradient.Gradient.min().ToSingle(), gradient.Gradient.max().ToSingle(), gradient.Gradient.std().ToSingle(),
            gradient.Gradient.ne(0).sum().item<long>(), gradient.Gradient.numel(),
            change.abs().max().ToSingle(), change.mean().ToSingle(), change.std().ToSingle(), difference.abs().max().ToSingle());
    }
}
