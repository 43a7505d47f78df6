namespace Fgsm.Report.Display;

/// <summary>Lines for a log: one for each cell, and one for each epoch or every 20 seconds.</summary>
internal sealed class PlainDisplay(TextWriter output, int notebooks, TimeProvider clock) : RunDisplay(notebooks, clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    private readonly TimeProvider clock = clock;
    private (string Title, int Epoch) shown;
    private long shownAt;

    public override void Dispose() => output.Flush();

    protected override void OnNotebookStarted() => output.WriteLine(Heading);

    protected override void OnNotebookFinished() => output.WriteLine($"{Heading}: done");

    protected override void OnCellStarted() => output.WriteLine($"  {OneLine(Running)}");

    protected override void OnProgress()
    {
        var now = (Progress!.Title, Progress.Epoch);
        if (now == shown && clock.GetElapsedTime(shownAt) < Pause && Progress.Fraction() < 1)
            return;
        (shown, shownAt) = (now, clock.GetTimestamp());
        output.WriteLine($"    {OneLine(Describe(Progress))}");
    }

    protected override void OnNotice(string text) => output.WriteLine($"  {OneLine(text)}");
}
