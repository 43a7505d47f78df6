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

    /// <summary>Notes the plan in the folder, which must be new, empty, or of the same run.</summary>
    /// <exception cref="ReportException">It is none of these.</exception>
    public void Begin(RunPlan plan) => Guarded(() =>
    {
        Directory.CreateDirectory(Path);
        // Other shards may begin at the same time: their plan comes before any other file.
        var other = new DirectoryInfo(Path).EnumerateFileSystemInfos()
            .FirstOrDefault(entry => !entry.Name.StartsWith(Plan, StringComparison.Ordinal))?.Name;
        if (!File.Exists(At(Plan)))
        {
            if (other is not null)
                throw Refused($"holds {other}, and no pieces of a run");
            Write(Plan, plan.ToJson().ToJsonString());
        }
        else if (ReadPlan().Difference(plan) is { } difference)
        {
            throw Refused($"holds another run, which differs in {difference}");
        }
    });

    /// <exception cref="ReportException">There is none, or it cannot be read.</exception>
    public RunPlan ReadPlan()
    {
        if (!File.Exists(At(Plan)))
            throw new ReportException($"{Path}: holds no {Plan}, so no shard; name a folder that --shard wrote.") { IsUsage = true };
        try
        {
            return RunPlan.Parse(JsonNode.Parse(File.ReadAllText(At(Plan))));
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
        var file = At(name + Done);
        if (!File.Exists(file))
            return null;
        try
        {
            var notebook = Notebook.Load(file);
            var note = notebook.Metadata[Metadata] ?? throw new FormatException("it says not of which run it is");
            if (RunPlan.Parse(note["plan"]).Difference(plan) is { } difference)
                throw new ReportException(
                    $"{file}: belongs to another run, which differs in {difference}; delete it and run its shard again.");
            var time = TimeSpan.FromSeconds((double)(note["seconds"] ?? throw new FormatException("it says not how long it took")));
            notebook.Metadata.Remove(Metadata);
            return new(notebook, time);
        }
        catch (Exception e) when (e is NotebookException or FormatException or JsonException or InvalidOperationException)
        {
            throw new ReportException($"{file}: is no whole piece ({e.Message.TrimEnd('.')}); delete it and run its shard again.", e);
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
                ["plan"] = plan.ToJson(),
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

    private ReportException Refused(string what) => new($"{Path}: {what}; name another folder with --out.") { IsUsage = true };

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private void Write(string name, string text) => WholeFile.Write(At(name), stream => stream.Write(Encoding.UTF8.GetBytes(text + "\n")));

    private void Touch(string name)
    {
        try
        {
            File.SetLastWriteTimeUtc(At(name), DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The piece is done, or the file system is away for a moment.
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
