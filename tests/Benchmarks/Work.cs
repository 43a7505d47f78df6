using Fgsm.Benchmarks.Onnx;
using Ours = Fgsm.Benchmarks.OnEmbedded.Works;
using Theirs = Fgsm.Benchmarks.OnLibtorch.Works;

namespace Fgsm.Benchmarks;

/// <summary>
/// Work on a batch of n images, on each engine: a function makes a network and n images, and returns what is done again and again.
/// </summary>
/// <param name="Name">For the table.</param>
/// <param name="Operations">Floating-point operations for one image, convolutions counted as direct ones.</param>
/// <param name="OnOnnx">Null where ONNX Runtime has no such work.</param>
internal sealed record Work(
    string Name,
    double Operations,
    Func<int, Action> OnEmbedded,
    Func<int, Action> OnLibtorch,
    Func<OnnxForward, Func<int, Action>>? OnOnnx = null)
{
    // Multiplications and additions of one image: output elements times terms, twice.
    private const double BFirst = 2.0 * 32 * 28 * 28 * 25;
    private const double B = BFirst + 2.0 * 64 * 14 * 14 * 32 * 25 + 2.0 * 3136 * 1024 + 2.0 * 1024 * 10;
    private const double EFirst = 2.0 * 32 * 26 * 26 * 9;
    private const double E = EFirst + 2.0 * 64 * 24 * 24 * 32 * 9 + 2.0 * 36864 * 128 + 2.0 * 128 * 10;

    // Forward, weight gradients and, from the second layer on, input gradients.
    private const double TrainB = 3 * B - BFirst;
    private const double TrainE = 3 * E - EFirst;
    // Forward and all input gradients.
    private const double AttackB = 2 * B;

    public static Work Training { get; } = new("training step", TrainB, Ours.Training, Theirs.Training);
    public static Work AdversarialTraining { get; } = new(
        "adversarial training step (50/50)", TrainB + AttackB / 2, Ours.AdversarialTraining, Theirs.AdversarialTraining);
    public static Work Forward { get; } = new("forward", B, Ours.Forward, Theirs.Forward, onnx => onnx.Forward);
    public static Work Attack { get; } = new("FGSM", AttackB, Ours.Attack, Theirs.Attack);
    public static Work ReportETraining { get; } = new(
        "report E's CNN, training step", TrainE, Ours.ReportETraining, Theirs.ReportETraining);

    /// <summary>The work of a network or of a layer, which is measured at one batch size.</summary>
    public static (Work Work, int Size)[] Networks { get; } =
    [
        (new("CIFAR network, training step", 0, Ours.CifarTraining, Theirs.CifarTraining), 512),
        (new("CIFAR network, forward", 0, Ours.CifarForward, Theirs.CifarForward), 1000),
        (new("ResNet-18, training step", 0, Ours.ResNetTraining, Theirs.ResNetTraining), 128),
        (new("SqueezeNet 1.1, forward", 0, Ours.SqueezeNetForward, Theirs.SqueezeNetForward), 50),
        (new("SqueezeNet 1.1, FGSM", 0, Ours.SqueezeNetAttack, Theirs.SqueezeNetAttack), 50),
        (new("BatchNorm2d in training", 0, Ours.BatchNormTraining, Theirs.BatchNormTraining), 128),
        (new("BatchNorm2d in evaluation", 0, Ours.BatchNormForward, Theirs.BatchNormForward), 128),
        (new("GELU", 0, Ours.Gelu, Theirs.Gelu), 128),
        (new("SiLU", 0, Ours.Silu, Theirs.Silu), 128),
        (new("AdaptiveAvgPool2d", 0, Ours.AdaptivePool, Theirs.AdaptivePool), 128),
        (new("depthwise 3x3 convolution", 0, Ours.Depthwise, Theirs.Depthwise), 128),
    ];
}
