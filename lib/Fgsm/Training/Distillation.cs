namespace Fgsm.Training;

/// <summary>
/// Defensive distillation: the student learns the teacher's probabilities at a high temperature, and is used at temperature 1. Its
/// logits are then so large that gradients vanish in float32, which hides them from FGSM; the defence was broken by attacks on the
/// logits (Carlini, Wagner, 2017, https://arxiv.org/abs/1608.04644).
/// Papernot, McDaniel, Wu, Jha, Swami, "Distillation as a Defense to Adversarial Perturbations against Deep Neural Networks", 2016,
/// https://arxiv.org/abs/1511.04508. A batch costs one gradient and one forward pass of the teacher an image.
/// </summary>
public sealed class Distillation : Objective
{
    private readonly nn.Module<Tensor, Tensor>? teacher;

    /// <param name="temperature">What logits are divided by before the softmax, above 0; the paper takes up to 100.</param>
    /// <param name="teacher">
    /// A network trained with this objective and the same temperature, without a teacher; null to train the teacher, on the labels.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0 and finite.</exception>
    public Distillation(double temperature, nn.Module<Tensor, Tensor>? teacher = null)
    {
        if (temperature is not > 0 || !double.IsFinite(temperature))
            throw new ArgumentOutOfRangeException(
                nameof(temperature), FormattableString.Invariant($"Distillation: temperature must be above 0 and finite, got {temperature}"));
        (Temperature, this.teacher) = (temperature, teacher);
    }

    public double Temperature { get; }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var logits = model.call(x);
        var scaled = logits / Temperature;
        return (teacher is null ? nn.functional.cross_entropy(scaled, y)
            : (Taught(teacher, x) * nn.functional.log_softmax(scaled, 1)).sum(1).mean().neg(), logits);
    }

    private Tensor Taught(nn.Module<Tensor, Tensor> teacher, Tensor x)
    {
        using var grad = no_grad();
        using var eval = teacher.InEvalMode();
        return nn.functional.softmax(teacher.call(x) / Temperature, 1);
    }
}
