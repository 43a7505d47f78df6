using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fgsm.Report.Display;

/// <summary>One display on the terminal, drawn anew four times a second.</summary>
internal sealed class LiveDisplay : RunDisplay
{
    private readonly List<string> above = [];
    private readonly TimeProvider clock;
    private readonly long start;
    private readonly CancellationTokenSource stop = new();
    private readonly Task drawing;
    private bool running;

    public LiveDisplay(IAnsiConsole console, int notebooks, TimeProvider clock) : base(notebooks, clock)
    {
        this.clock = clock;
        start = clock.GetTimestamp();
        drawing = console.Live(Picture()).StartAsync(DrawAsync);
    }

    public override void Dispose()
    {
        stop.Cancel();
        drawing.Wait();
        stop.Dispose();
    }

    protected override void OnNotebookStarted() => running = true;

    protected override void OnNotebookFinished()
    {
        running = false;
        above.Add($"{Heading}: done, {TimeLeft.Show(clock.GetElapsedTime(start))}");
    }

    protected override void OnCellStarted()
    {
    }

    protected override void OnProgress()
    {
    }

    protected override void OnNotice(string text) => above.Add(text);

    private async Task DrawAsync(LiveDisplayContext context)
    {
        while (!stop.IsCancellationRequested)
        {
            Draw();
            await Task.Delay(250, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Draw();

        void Draw() => Guarded(() => context.UpdateTarget(Picture()));
    }

    private Rows Picture()
    {
        List<IRenderable> lines = [.. above.Select(line => Line(line))];
        if (running)
        {
            lines.Add(Line($"{Heading}  {TimeLeft.Show(clock.GetElapsedTime(start))}", Decoration.Bold));
            lines.Add(Line($"  {Running}"));
            if (Progress is { } progress)
                lines.Add(Line($"  {Bar(progress.Fraction())} {Describe(progress)}"));
        }
        return new Rows(lines.Count > 0 ? lines : [Line("starting")]);
    }

    private static Text Line(string text, Decoration decoration = Decoration.None) =>
        new(OneLine(text), new Style(decoration: decoration)) { Overflow = Overflow.Ellipsis };

    private static string Bar(double fraction)
    {
        const int width = 24;
        var full = (int)(fraction * width);
        return new string('━', full) + new string('─', width - full);
    }
}
