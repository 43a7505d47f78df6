namespace Fgsm.Evaluation;

/// <summary>One training of an <see cref="Ablation"/>, attacked.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Clean">Accuracy without attack, in percent.</param>
/// <param name="Fgsm">Robust accuracy under FGSM at each eps, in percent.</param>
/// <param name="Pgd">The same under PGD, of the first images.</param>
/// <param name="Gradient">
/// Of the first images, the mean absolute derivative of the loss by a pixel of [0,1]: the median over images, since a few that are
/// wrong have nearly all of it.
/// </param>
/// <param name="Confidence">The mean confidence without attack, in percent.</param>
public sealed record AblationRun(
    string Variant, long Seed, double Clean, double[] Fgsm, double[] Pgd, double Gradient, double Confidence)
{
    /// <summary>Robust accuracy under AutoAttack at each eps, of the first images, in percent; empty where it was not asked for.</summary>
    public double[] Auto { get; init; } = [];

    /// <summary>Accuracy without attack, of the network with its test-time augmentation, in percent; null where it has none.</summary>
    public double? AtTestTime { get; init; }

    /// <summary>Of an epoch of training, on the machine that trained.</summary>
    public double Seconds { get; init; }
}
