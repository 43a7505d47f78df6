namespace Fgsm.Tensors.Modules;

/// <summary>Parameters that an optimiser treats alike, with options of their own.</summary>
public abstract class ParamGroup
{
    private protected ParamGroup(IEnumerable<Parameter> parameters, OptimizerOptions options) =>
        (Parameters, Options) = ([.. parameters], options);

    public IEnumerable<Parameter> Parameters { get; }

    /// <summary>The optimiser that takes the group replaces them by a copy in which nothing is null.</summary>
    public OptimizerOptions Options { get; internal set; }

    /// <summary>May be changed between steps.</summary>
    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    /// <summary>What schedulers start from: as in PyTorch, the learning rate when the first of them was made.</summary>
    public double InitialLearningRate
    {
        get => Options.InitialLearningRate ?? LearningRate;
        set => Options.InitialLearningRate = value;
    }
}
