namespace Fgsm.Models;

/// <summary>What the library asks of any model.</summary>
public static class ModuleExtensions
{
    /// <summary>The number of learned numbers.</summary>
    public static long CountParameters(this nn.Module model) => model.parameters().Sum(p => p.numel());

    /// <summary>Puts the model in eval mode until the result is disposed, then back as it was.</summary>
    public static IDisposable InEvalMode(this nn.Module model)
    {
        var restore = new Restore(model, model.training);
        model.eval();
        return restore;
    }

    private sealed class Restore(nn.Module model, bool training) : IDisposable
    {
        public void Dispose() => model.train(training);
    }
}
