namespace Fgsm.Evaluation;

/// <summary>A network and how it is trained, which differ in one thing from others.</summary>
/// <param name="Name">What is different, as tables call it: "3x3 kernels".</param>
/// <param name="Network">Makes the network; its weights follow from torch's generator.</param>
/// <param name="Optimizer">Makes the optimiser of the network.</param>
public sealed record Variant(
    string Name, Func<nn.Module<Tensor, Tensor>> Network, Func<nn.Module<Tensor, Tensor>, optim.Optimizer> Optimizer)
{
    /// <summary>What its training makes smaller; null for the cross-entropy of clean images.</summary>
    public Objective? Objective { get; init; }

    /// <summary>Of its learning rate, as <see cref="Trainer.Schedule"/>; null leaves the rate as it is.</summary>
    public Func<int, double>? Schedule { get; init; }

    /// <summary>
    /// Of its training images, by the seed of the training, as <see cref="Trainer.Augmentation"/>; null leaves them as they are.
    /// </summary>
    public Func<long, Augmentation>? Augmentation { get; init; }

    /// <summary>
    /// What the trained network is wrapped in to count <see cref="AblationRun.AtTestTime"/>, such as <see cref="Airbench.AtTestTime"/>;
    /// null does not count it.
    /// </summary>
    public Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>>? AtTestTime { get; init; }

    /// <summary>Looks for catastrophic overfitting after each epoch, as <see cref="Trainer.Overfitting"/>; null does not look.</summary>
    public OverfittingCheck? Overfitting { get; init; }
}
