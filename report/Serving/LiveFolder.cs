using System.Globalization;
using System.Text.Json;

namespace Fgsm.Report.Serving;

/// <summary>
/// A hidden folder in the report's folder, in which a run notes what it shows, for <c>report serve</c> in another process. It goes
/// when the run ends.
/// </summary>
internal sealed class LiveFolder : IDisposable
{
    /// <summary>How the folder's name begins; the number of the running process follows.</summary>
    public const string Prefix = ".live-";

    private const string State = "state.json";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private readonly string report, path;
    private readonly bool isNew;
    private readonly TimeProvider clock;
    private LiveCurves curves = new();
    private Notebook? notebook;
    private string name = "";
    private long? written;

    public LiveFolder(string report, TimeProvider clock)
    {
        (this.report, this.clock) = (report, clock);
        isNew = !Directory.Exists(report);
        path = Path.Combine(report, Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Try(() => Directory.CreateDirectory(path));
    }

    /// <summary>What the run that goes on in a report's folder shows; null when none does.</summary>
    public static LiveState? Read(string report)
    {
        try
        {
            return Find(report) is { } path ? JsonSerializer.Deserialize<LiveState>(File.ReadAllText(Path.Combine(path, State))) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The notebooks of the run that goes on in a report's folder, as far as they have run.</summary>
    public static IEnumerable<string> NotebooksOf(string report) => Find(report) is { } path ? Directory.GetFiles(path, "*.ipynb") : [];

    /// <summary>A notebook starts.</summary>
    public void NotebookStarted(string name, Notebook notebook)
    {
        (this.name, this.notebook, curves) = (name, notebook.Clone(), new LiveCurves());
        foreach (var cell in this.notebook.Cells)
            cell.Outputs.Clear();
        Save();
    }

    /// <summary>A cell of the notebook has ended, with these outputs.</summary>
    public void CellFinished(NotebookCell cell)
    {
        if (notebook?.Cells.FirstOrDefault(known => known.Id == cell.Id) is not { } mine)
            return;
        mine.Outputs.Clear();
        foreach (var output in cell.Outputs)
            mine.Outputs.Add(output.DeepClone().AsObject());
        Save();
    }

    /// <summary>The running cell has told its progress.</summary>
    public void Progressed(Progress progress) => curves.Add(progress);

    /// <summary>Notes what is shown now, at most twice a second.</summary>
    public void Show(string heading, string cell, string? progress, double? fraction)
    {
        if (progress is not null && written is { } then && clock.GetElapsedTime(then) < Pause)
            return;
        written = clock.GetTimestamp();
        var state = new LiveState(heading, cell, progress, fraction, [.. curves.Draw().Select(figure => figure.ToJson())]);
        Try(() =>
        {
            var whole = Path.Combine(path, State + ".new");
            File.WriteAllText(whole, JsonSerializer.Serialize(state));
            File.Move(whole, Path.Combine(path, State), overwrite: true);
        });
    }

    public void Dispose() => Try(() =>
    {
        Directory.Delete(path, recursive: true);
        if (isNew && !Directory.EnumerateFileSystemEntries(report).Any())
            Directory.Delete(report);
    });

    private static string? Find(string report) => Directory.Exists(report)
        ? Directory.GetDirectories(report, Prefix + "*").FirstOrDefault(path => OutputFolder.IsOfARunningProcess(path, Prefix))
        : null;

    private void Save() => Try(() => notebook!.Save(Path.Combine(path, $"{name}.ipynb")));

    // To be watched is no reason for a run to stop.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotebookException)
        {
        }
    }
}
