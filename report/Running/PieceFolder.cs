using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fgsm.Tensors.Files;

namespace Fgsm.Report.Running;

/// <summary>
/// The pieces of a run that are done, each the notebook as it ran, in a file that is written whole or not at all. Many processes may
/// use one folder: two that do the same piece write the same results.
/// </summary>
internal sealed class PieceFolder(string path)
{
    private const string Plan = "plan.json", Done = ".ipynb", Running = ".running", Failed = ".failed", Metadata = "fgsm_piece";

    /// <summary>A running piece says so this often.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Notes the plan in the folder.</summary>
    /// <exception cref="ReportException">The folder belongs to a run of other code or settings.</exception>
    public void Begin(RunPlan plan) => Guarded(() =>
    {
        Directory.CreateDirectory(Path);
        if (File.Exists(At(Plan)))
            Refuse(ReadPlan(), plan, Path);
        else
            Write(Plan, JsonSerializer.Serialize(plan));
    });

    /// <exception cref="ReportException">There is none, or it cannot be read.</exception>
    public RunPlan ReadPlan()
    {
        if (!File.Exists(At(Plan)))
            throw new ReportException($"{Path}: holds no {Plan}, so no shard of a run; name the folder that --shard wrote.") { IsUsage = true };
        try
        {
            return JsonSerializer.Deserialize<RunPlan>(File.ReadAllText(At(Plan))) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ReportException($"{At(Plan)}: cannot be read ({e.Message.TrimEnd('.')}); copy the folder again.", e);
        }
    }

    /// <summary>A piece that is done; null when it is not.</summary>
    /// <exception cref="ReportException">Its file is not whole, or of another run.</exception>
    public DonePiece? Find(string name, RunPlan plan)
    {
        var file = name + Done;
        if (!File.Exists(At(file)))
            return null;
        try
        {
            var notebook = Notebook.Load(At(file));
            var note = notebook.Metadata[Metadata] ?? throw new FormatException("it says not of which run it is");
            Refuse(note["plan"].Deserialize<RunPlan>()!, plan, At(file));
            var seconds = (double)note["seconds"]!;
            notebook.Metadata.Remove(Metadata);
            return new(notebook, TimeSpan.FromSeconds(seconds));
        }
        catch (Exception e) when (e is NotebookException or FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new ReportException($"{At(file)}: is no whole piece ({e.Message.TrimEnd('.')}); delete it and run its shard again.", e);
        }
    }

    /// <summary>Does a piece and keeps what it gave; while it runs, and when it fails, a file says so.</summary>
    /// <exception cref="ReportException">It failed, or the folder cannot be written.</exception>
    public async Task RunAsync(string name, RunPlan plan, TimeProvider clock, Func<Task<Notebook>> run)
    {
        var start = clock.GetTimestamp();
        Guarded(() => Write(name + Running, Environment.MachineName));
        using var beat = clock.CreateTimer(_ => Touch(name + Running), null, Beat, Beat);
        try
        {
            var notebook = await run();
            notebook.Metadata[Metadata] = new JsonObject
            {
                ["plan"] = JsonSerializer.SerializeToNode(plan),
                ["seconds"] = clock.GetElapsedTime(start).TotalSeconds,
            };
            Guarded(() => notebook.Save(At(name + Done)));
            File.Delete(At(name + Failed));
        }
        catch (ReportException e)
        {
            Guarded(() => Write(name + Failed, e.Message));
            throw;
        }
        finally
        {
            File.Delete(At(name + Running));
        }
    }

    /// <summary>Why a piece failed; null when it did not.</summary>
    public string? Failure(string name) => File.Exists(At(name + Failed)) ? File.ReadAllText(At(name + Failed)) : null;

    /// <summary>Whether a process is at a piece: three beats without a sign mean that it was killed.</summary>
    public bool IsRunning(string name, TimeProvider clock) =>
        File.Exists(At(name + Running)) && clock.GetUtcNow() - File.GetLastWriteTimeUtc(At(name + Running)) < 3 * Beat;

    /// <exception cref="ReportException">Two plans differ.</exception>
    public static void Refuse(RunPlan found, RunPlan wanted, string where)
    {
        if (found.Difference(wanted) is { } difference)
            throw new ReportException($"{where}: belongs to another run, which differs in {difference}; name another folder.") { IsUsage = true };
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private void Write(string name, string text) => WholeFile.Write(At(name), stream => stream.Write(Encoding.UTF8.GetBytes(text + "\n")));

    private void Touch(string name)
    {
        try
        {
            File.SetLastWriteTimeUtc(At(name), DateTime.UtcNow);
        }
        catch (IOException)
        {
            // It is done, or the file system is away for a moment.
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotebookException)
        {
            throw new ReportException($"{Path}: cannot be written ({e.Message.TrimEnd('.')}); name another folder with --out.", e);
        }
    }
}
