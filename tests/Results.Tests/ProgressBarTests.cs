using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Results.Tests;

[Collection("what is displayed, by whichever test")]
public class ProgressBarTests
{
    [Fact]
    public void Report_Again_UpdatesTheDisplayThatIsShown()
    {
        const string Title = "a bar of this test only";
        List<(string Id, bool IsUpdate, int Step)> shown = [];
        using var subscription = Formatter.SubscribeToDisplayedValues(displayed =>
        {
            if (displayed.Value is Progress { Title: Title } progress)
                shown.Add((displayed.DisplayId, displayed.IsUpdated, progress.Step));
        });

        var bar = new ProgressBar();
        for (var step = 1; step <= 3; step++)
            bar.Report(new Progress(Title, 0, 0, step, 3));

        var id = shown[0].Id;
        Assert.Equal([(id, false, 1), (id, true, 2), (id, true, 3)], shown);
    }
}
