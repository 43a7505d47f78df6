namespace Fgsm.Tensors.Modules;

/// <summary>The options of a parameter group. What is null is as the optimiser has it for all groups.</summary>
public abstract record OptimizerOptions
{
    public double? LearningRate { get; set; }

    /// <summary>Null until a scheduler fixes it.</summary>
    internal double? InitialLearningRate { get; set; }
}
