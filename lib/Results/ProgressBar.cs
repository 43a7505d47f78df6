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
        // Display returns another object than the one it shows, with another id, whose Update nobody sees: the bar keeps the shown one.
        using var subscription = Formatter.SubscribeToDisplayedValues(published =>
        {
            if (ReferenceEquals(published.Value, value))
                shown = published;
        });
        value.Display();
    }
}
