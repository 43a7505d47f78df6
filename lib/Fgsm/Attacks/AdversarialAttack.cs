using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fgsm.Attacks;

/// <summary>
/// An attack that looks for a wrong answer within reach of an image. It checks its input; a subclass is the attack's own step.
/// </summary>
/// <example>
/// A reader's own attack, in a cell:
/// <code>
/// sealed class Noise(double eps) : AdversarialAttack
/// {
///     protected override Tensor Perturb(nn.Module&lt;Tensor, Tensor&gt; model, Tensor x, Tensor y) =>
///         (x + empty_like(x).uniform_(-eps, eps)).clamp(Bounds.Min, Bounds.Max);
/// }
/// </code>
/// </example>
public abstract class AdversarialAttack
{
    /// <summary>The range of valid pixels, which adversarial images are clipped to; <see cref="Bounds.None"/> for no clipping.</summary>
    public Bounds Bounds { get; init; } = Bounds.Unit;

    /// <summary>How changes are measured; the first of <see cref="Norms"/> unless said otherwise.</summary>
    /// <exception cref="NotSupportedException">The attack does not know this norm.</exception>
    public Norm Norm
    {
        get => field ?? Norms[0];
        init => field = Norms.Contains(value) ? value
            : throw new NotSupportedException($"{GetType().Name}: the norm {value} is not supported; choose {string.Join(" or ", Norms)}");
    }

    /// <summary>The norms that the attack knows, its usual one first.</summary>
    protected virtual IReadOnlyList<Norm> Norms => [Norm.LInf];

    /// <summary>Whether the labels are what the images should be taken for, instead of the true ones.</summary>
    public bool Targeted { get; init; }

    /// <summary>
    /// Where random numbers come from. Null: torch's own stream, in the order of the batch; after <c>manual_seed</c> these are the
    /// numbers of an official implementation that draws in the same order. A seed: each image has numbers of its own, determined by
    /// the seed and its pixels, so that it is attacked alike alone and in any batch.
    /// </summary>
    public long? Seed { get; init; }

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
        using var eval = model.InEvalMode();
        var adversarial = x.shape[0] == 0 ? x.clone() : Perturb(model, x, y);
        if (!adversarial.shape.SequenceEqual(x.shape))
            throw new ArgumentException(
                $"{GetType().Name}: Perturb gave a tensor of shape [{string.Join(", ", adversarial.shape)}] "
                + $"for images of shape [{string.Join(", ", x.shape)}]");
        return (ReferenceEquals(adversarial, x) ? x.clone() : adversarial).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Attack(nn.Module{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="data">Images and labels.</param>
    public Tensor Attack(nn.Module<Tensor, Tensor> model, TensorSet data) => Attack(model, data.Images, data.Labels);

    /// <summary>The class that a model finds least likely for each image, int64 <c>[N]</c>: the hardest target.</summary>
    /// <param name="x">Images, <c>[N, C, H, W]</c>.</param>
    public static Tensor LeastLikely(nn.Module<Tensor, Tensor> model, Tensor x)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var eval = model.InEvalMode();
        return model.call(x).argmin(1).MoveToOuterDisposeScope();
    }

    /// <summary>The attack's own step, for a batch of one image or more; gradients are off and the model is in eval mode.</summary>
    /// <returns>The shape of x; x itself where nothing is changed.</returns>
    protected abstract Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y);

    /// <summary>For each image, whether the model takes it for what the attack wants: bool, <c>[N]</c>.</summary>
    protected Tensor Fooled(Tensor logits, Tensor y) => Targeted ? logits.argmax(1).eq(y) : logits.argmax(1).ne(y);

    /// <summary>
    /// Runs an attack again and again on those images that still resist, and puts the adversarial images that it finds in their place;
    /// images that are never turned stay as they are in <paramref name="x"/>.
    /// </summary>
    /// <param name="run">Given the run, from 0, and the images, labels and random numbers that are left.</param>
    private protected Tensor OnSurvivors(
        nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, int runs, Func<int, Tensor, Tensor, RandomDraws, Tensor> run)
    {
        var (adversarial, draws) = (x.clone(), RandomDraws.For(x, Seed));
        var left = Fooled(model.call(x), y).logical_not().nonzero().reshape(-1);
        for (var i = 0; i < runs && left.numel() > 0; i++)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = (x.index_select(0, left), y.index_select(0, left));
            var found = run(i, images, labels, draws.Of(left));
            var fooled = Fooled(model.call(found), labels);
            adversarial[left[fooled]] = found[fooled];
            left = left[fooled.logical_not()].MoveToOuterDisposeScope();
        }
        return adversarial;
    }

    /// <summary>The attack's kind and options: its own, then those that all attacks have, where they are not the usual ones.</summary>
    private protected string Describe(FormattableString own)
    {
        var norm = Norm == Norms[0] ? "" : $", norm: {Norm}";
        var targeted = Targeted ? ", targeted: True" : "";
        var seed = Seed is { } given ? FormattableString.Invariant($", seed: {given}") : "";
        var bounds = FormattableString.Invariant($"[{Bounds.Min}, {Bounds.Max}]");
        return $"{GetType().Name}({FormattableString.Invariant(own)}{norm}{targeted}, bounds: {bounds}{seed})";
    }

    /// <summary>A distance between pixels, such as eps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN, or infinite in float32.</exception>
    private protected double RequireDistance(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && float.IsFinite((float)value) ? value
        : throw new ArgumentOutOfRangeException(name, $"{GetType().Name}: {name} must be 0 or more and finite in float32, got {value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A number of steps, restarts or the like.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    private protected int RequireCount(int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, $"{GetType().Name}: {name} must be 1 or more, got {value}");

    /// <summary>For a caller that gives the attack the images' own labels, which are no targets.</summary>
    /// <exception cref="ArgumentException">The attack is targeted.</exception>
    internal void RequireUntargeted(string caller)
    {
        if (Targeted)
            throw new ArgumentException(
                $"{caller}: {this} is targeted, and an image's own label is no target; give it targets by Attack(model, x, targets)");
    }

    internal virtual void Require(Tensor x, Tensor y)
    {
        if (x.dtype != float32 || x.ndim < 2 || y.dtype != int64 || y.ndim != 1 || x.shape[0] != y.shape[0])
            throw new ArgumentException($"{GetType().Name}: expected float32 images [N, C, H, W] and int64 labels [N], got {x.dtype} [{string.Join(", ", x.shape)}] and {y.dtype} [{string.Join(", ", y.shape)}]");
        Bounds.Require(x);
    }
}
