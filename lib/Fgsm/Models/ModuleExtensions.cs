namespace Fgsm.Models;

/// <summary>What the library asks of any model.</summary>
public static class ModuleExtensions
{
    /// <summary>The number of learned numbers.</summary>
    public static long CountParameters(this nn.Module model) => model.parameters().Sum(p => p.numel());

    /// <summary>Gives another network of the same layers this one's weights.</summary>
    /// <returns>The other network.</returns>
    /// <example><c>var defended = network.CopyTo(Cnn.ReportB())</c></example>
    public static T CopyTo<T>(this T model, T other) where T : nn.Module
    {
        other.load_state_dict(model.state_dict());
        return other;
    }

    /// <summary>Puts the model in eval mode until the result is disposed, then every part back as it was.</summary>
    public static IDisposable InEvalMode(this nn.Module model)
    {
        var restore = new Restore([.. model.modules().Prepend(model).Select(m => (m, m.training))]);
        model.eval();
        return restore;
    }

    private sealed class Restore(IReadOnlyList<(nn.Module Module, bool Training)> modes) : IDisposable
    {
        public void Dispose()
        {
            // train() reaches the parts too, so a part with a mode of its own must come after the whole.
            foreach (var (module, training) in modes)
                module.train(training);
        }
    }
}
