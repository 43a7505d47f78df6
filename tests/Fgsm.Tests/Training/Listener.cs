using Fgsm.Results;

namespace Fgsm.Tests;

/// <summary>Keeps progress messages at once and in order, as System.Progress does not.</summary>
internal sealed class Listener(Action<Progress>? onReport = null) : IProgress<Progress>
{
    public List<Progress> Reports { get; } = [];

    public void Report(Progress value)
    {
        Reports.Add(value);
        onReport?.Invoke(value);
    }
}
