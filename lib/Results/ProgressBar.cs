using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Results;

/// <summary>A progress bar that moves in place under a notebook's cell.</summary>
/// <example><c>new Trainer(model, optimizer) { Progress = new ProgressBar() }</c></example>
public sealed class ProgressBar : IProgress<Progress>
{
    private DisplayedValue? shown;

    public void Report(Progress value)
    {
        if (shown is not null)
        {
            shown.Update(value);
            return;
        }
        // Display publishes one object and returns another with an id of its own, whose Update nobody sees: the published one is kept.
        using var subscription = Formatter.SubscribeToDisplayedValues(published => shown = ReferenceEquals(published.Value, value) ? published : shown);
        value.Display();
    }
}
