using System.Globalization;
using Spectre.Console;
using Progress = Fgsm.Results.Progress;

namespace Fgsm.Report.Display;

/// <summary>Shows what is running: on a terminal as one display that is drawn anew, else as plain lines.</summary>
internal abstract class RunDisplay : INotebookObserver, IDisposable
{
    private const string Injected = "injected-parameters";

    private readonly Lock gate = new();
    private readonly int notebooks;
    private int started, cells, cell;
    private string notebook = "";
    private Notebook? document;

    protected RunDisplay(int notebooks, TimeProvider clock)
    {
        this.notebooks = notebooks;
        Left = new TimeLeft(clock);
    }

    protected TimeLeft Left { get; }

    /// <summary>Where the run is also noted for those who watch it from elsewhere; null for nowhere.</summary>
    public LiveFolder? Live { get; init; }

    /// <summary>Where the times of the phases are noted; null for nowhere.</summary>
    public Timings? Timings { get; init; }

    /// <summary>The last progress that the running cell reported; null when it has reported none.</summary>
    protected Progress? Progress { get; private set; }

    /// <summary>The running cell, in words.</summary>
    protected string Running { get; private set; } = "starting";

    /// <summary>The notebook and its place in the run.</summary>
    protected string Heading => notebooks == 1 ? notebook : string.Create(CultureInfo.InvariantCulture, $"{notebook} ({started} of {notebooks})");

    public static RunDisplay For(TextWriter output, int notebooks, LiveFolder? live = null, Timings? timings = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return !Console.IsOutputRedirected && console.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? new LiveDisplay(console, notebooks, TimeProvider.System) { Live = live, Timings = timings }
            : new PlainDisplay(output, notebooks, TimeProvider.System) { Live = live, Timings = timings };
    }

    public void NotebookStarted(string name, Notebook running) => Guarded(() =>
    {
        (notebook, document, cell, Progress, Running) = (name, running, 0, null, "starting");
        cells = running.Cells.Count(c => c.Kind == CellKind.Code && !c.Tags.Contains(Injected));
        started++;
        OnNotebookStarted();
        Live?.NotebookStarted(name, running);
    });

    public void NotebookFinished() => Guarded(() =>
    {
        Timings?.Stop();
        OnNotebookFinished();
    });

    /// <summary>A notebook's place in the run that needs no running, because its results are kept.</summary>
    public void NotebookKept(string name) => Guarded(() =>
    {
        (notebook, started) = ($"{name}, kept", started + 1);
        OnNotebookFinished();
    });

    public void CellStarted(int index, NotebookCell cell) => Guarded(() =>
    {
        Progress = null;
        if (cell.Tags.Contains(Injected))
            return;
        this.cell++;
        Timings?.Start(notebook, Shorten(Section(cell)));
        Running = string.Create(CultureInfo.InvariantCulture, $"cell {this.cell} of {cells}: {Shorten(Section(cell))}");
        OnCellStarted();
        Live?.Show(Heading, Running, null, null);
    });

    public void CellFinished(int index, NotebookCell cell, ErrorOutput? error) => Guarded(() => Live?.CellFinished(cell));

    public void OutputShown(int index, NotebookCell cell, CellOutput output) => Guarded(() =>
    {
        var data = output switch { DisplayOutput display => display.Data, DisplayUpdate update => update.Data, _ => null };
        if (data is not null && data.TryGetValue(Progress.MimeType, out var json) && Read(json) is { } progress)
        {
            Progress = progress;
            Left.Update(progress);
            OnProgress();
            Live?.Progressed(progress);
            Live?.Show(Heading, Running, Describe(progress), progress.Fraction());
        }
        else if (output is StreamOutput { Name: "stderr" } notice && !string.IsNullOrWhiteSpace(notice.Text))
        {
            OnNotice(notice.Text.Trim());
        }
    });

    public abstract void Dispose();

    /// <summary>"baseline: epoch 2 of 5, loss 0.0712, accuracy 97.85 %, 1:10 left".</summary>
    protected string Describe(Progress progress)
    {
        var parts = new List<string>();
        if (progress.Epochs > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch} of {progress.Epochs}"));
        else
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.Fraction() * 100:0} %"));
        if (progress.Loss is { } loss)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.0000}"));
        if (progress.Accuracy is { } accuracy)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"accuracy {accuracy:0.00} %"));
        if (progress.Fraction() < 1 && Left.Estimate() is { } left)
            parts.Add($"{TimeLeft.Show(left)} left");
        return $"{progress.Title}: {string.Join(", ", parts)}";
    }

    /// <summary>Text from a notebook as one line that cannot steer the terminal.</summary>
    protected static string OneLine(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>Outputs come from the kernel's thread, drawing from the display's own.</summary>
    protected void Guarded(Action action)
    {
        lock (gate)
            action();
    }

    protected abstract void OnNotebookStarted();

    protected abstract void OnNotebookFinished();

    protected abstract void OnCellStarted();

    protected abstract void OnProgress();

    protected abstract void OnNotice(string text);

    // What the notebook's text calls this part of it; a cell before the first heading is known by its first line.
    private string Section(NotebookCell cell) =>
        document!.Cells.TakeWhile(before => before.Id != cell.Id)
            .Where(before => before.Kind == CellKind.Markdown)
            .SelectMany(before => before.Source.Split('\n'))
            .LastOrDefault(line => line.StartsWith("## ", StringComparison.Ordinal))?[3..].Trim()
        ?? cell.FirstLine.TrimStart('/', ' ');

    private static string Shorten(string line) => line.Length <= 72 ? line : line[..71] + "…";

    // A display is no reason to stop a run: what cannot be read is not shown.
    private static Progress? Read(string json)
    {
        try
        {
            return Progress.FromJson(json);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
