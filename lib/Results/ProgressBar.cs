using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Results;

/// <summary>A progress bar that moves in place under a notebook's cell.</summary>
/// <example><c>new Trainer(model, optimizer) { Progress = new ProgressBar() }</c></example>
public sealed class ProgressBar : IProgress<Progress>
{
    private DisplayedValue? shown;

    public void Report(Progress value)
    {
        if (shown is null)
            shown = value.Display();
        else
            shown.Update(value);
    }
}
