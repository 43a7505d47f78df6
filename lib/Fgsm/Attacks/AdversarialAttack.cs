using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fgsm.Attacks;

/// <summary>
/// An attack that looks for a wrong answer within reach of an image. It checks its input; a subclass is the attack's own step.
/// </summary>
public abstract class AdversarialAttack
{
    /// <summary>The range of valid pixels, which adversarial images are clipped to; <see cref="Bounds.None"/> for no clipping.</summary>
    public Bounds Bounds { get; init; } = Bounds.Unit;

    /// <summary>Adversarial images for a batch, as new tensors; x is never written to, and the model keeps its mode and gradients.</summary>
    /// <param name="model">Gives logits <c>[N, classes]</c>; runs in eval mode.</param>
    /// <param name="x">Images within <see cref="Bounds"/>, <c>[N, C, H, W]</c>.</param>
    /// <param name="y">int64, <c>[N]</c>: the true labels, or what the images should be taken for in a targeted attack.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or pixels are outside the bounds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not a class.</exception>
    public Tensor Attack(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        Require(x, y);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return Perturb(model, x, y).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Attack(nn.Module{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="data">Images and labels.</param>
    public Tensor Attack(nn.Module<Tensor, Tensor> model, TensorSet data) => Attack(model, data.Images, data.Labels);

    private protected abstract Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y);

    /// <summary>A distance between pixels, such as eps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN, or infinite in float32.</exception>
    private protected double RequireDistance(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && float.IsFinite((float)value) ? value
        : throw new ArgumentOutOfRangeException(name, $"{GetType().Name}: {name} must be 0 or more and finite in float32, got {value.ToString(CultureInfo.InvariantCulture)}");

    internal void Require(Tensor x, Tensor y)
    {
        if (x.dtype != float32 || x.ndim < 2 || y.dtype != int64 || y.ndim != 1 || x.shape[0] != y.shape[0])
            throw new ArgumentException($"{GetType().Name}: expected float32 images [N, C, H, W] and int64 labels [N], got {x.dtype} [{string.Join(", ", x.shape)}] and {y.dtype} [{string.Join(", ", y.shape)}]");
        Bounds.Require(x);
    }
}
