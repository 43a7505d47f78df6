using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Fgsm.Tensors;

namespace Fgsm.Report.Writing;

/// <summary>Where the numbers come from, so that two people can compare their runs at a glance, and one can do it again.</summary>
/// <param name="Commit">The commit of the project, or "unknown".</param>
/// <param name="Seed">The seed or seeds, as a reader understands them.</param>
/// <param name="Settings">What the run was asked for.</param>
/// <param name="Notebooks">Names of the notebooks that ran.</param>
/// <param name="Data">The data sets with the checksums of their test images, as the notebooks recorded them.</param>
/// <param name="Synthetic">True when a notebook had to draw its data itself: nothing can then be said of the published values.</param>
/// <param name="Engine">What did the arithmetic.</param>
/// <param name="Cpu">The processor.</param>
/// <param name="Threads">How many threads the engine used.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="System">The operating system.</param>
/// <param name="Date">When the run ended, UTC.</param>
/// <param name="WallTime">How long it took, as h:mm:ss; what was merged from shards, how long all pieces took together.</param>
/// <param name="Digests">SHA-256 of every table, without what changes from run to run.</param>
/// <param name="PeakMemory">The most memory that the run held at once; null where the system does not say, and of shards.</param>
/// <param name="Records">The names of what each notebook recorded; null in a report of an earlier version.</param>
/// <param name="Kept">The earlier runs from which the report keeps chapters; null when this run measured all of it.</param>
internal sealed record Provenance(
    string Commit,
    string Seed,
    RunSettings Settings,
    IReadOnlyList<string> Notebooks,
    IReadOnlyList<string> Data,
    bool Synthetic,
    string Engine,
    string Cpu,
    int Threads,
    string Runtime,
    string System,
    string Date,
    string WallTime,
    IReadOnlyDictionary<string, string> Digests,
    string? PeakMemory = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Records = null,
    IReadOnlyList<Provenance>? Kept = null)
{
    /// <summary>The runs that measured the report, the last one first.</summary>
    [JsonIgnore]
    public IEnumerable<Provenance> Runs => [this with { Kept = null }, .. Kept ?? []];

    /// <summary>The notebooks of all <see cref="Runs"/>, in reading order.</summary>
    [JsonIgnore]
    public IEnumerable<string> AllNotebooks => Runs.SelectMany(run => run.Notebooks).Order(StringComparer.Ordinal);

    /// <summary>The digests of all <see cref="Runs"/>, by the table's name.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> AllDigests => Runs.SelectMany(run => run.Digests).OrderBy(digest => digest.Key, StringComparer.Ordinal).ToDictionary();

    /// <summary>Whether one of the <see cref="Runs"/> was quick.</summary>
    [JsonIgnore]
    public bool AnyQuick => Runs.Any(run => run.Settings.Quick);

    /// <summary>Whether one of the <see cref="Runs"/> had to draw its data.</summary>
    [JsonIgnore]
    public bool AnySynthetic => Runs.Any(run => run.Synthetic);

    /// <summary>Whether one of the <see cref="Runs"/> gave parameters other values than the notebooks', so that it may have recorded less.</summary>
    [JsonIgnore]
    public bool AnyOwnParameters => Runs.Any(run => run.Settings.Parameters?.Count > 0);

    public static Provenance Collect(
        Repository repository, RunSettings settings, IReadOnlyList<NotebookFile> notebooks, RecordSet records,
        IReadOnlyDictionary<string, IReadOnlyList<string>> byNotebook, DateTimeOffset end, TimeSpan wallTime) => new(
        repository.Commit() ?? "unknown",
        Seeds(settings, notebooks),
        settings,
        [.. notebooks.Select(notebook => notebook.Name)],
        [.. Texts(records, ".data.name").Zip(Texts(records, ".data.sha256"), (name, sha256) => $"{name}, SHA-256 of the test images {sha256}").Distinct()],
        Texts(records, ".data.synthetic").Contains("yes"),
        EngineOf(settings),
        CpuName(),
        torch.get_num_threads(),
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription,
        end.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $@"{(int)wallTime.TotalHours}:{wallTime:mm\:ss}"),
        DigestsOf(records),
        Peak(),
        byNotebook);

    public static Dictionary<string, string> DigestsOf(RecordSet records) => records.Of<ResultTable>().ToDictionary(record => record.Name, record => record.Value.Digest());

    private static string EngineOf(RunSettings settings)
    {
        // The notebooks have run in this process: another engine is loaded here.
        var engine = settings.Engine == RunSettings.EmbeddedEngine
            ? typeof(torch).Assembly.GetName()
            : AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName()).FirstOrDefault(a => settings.Engine.Equals(a.Name, StringComparison.OrdinalIgnoreCase));
        return engine is null ? settings.Engine : $"{engine.Name} {engine.Version?.ToString(3)}";
    }

    private static string Seeds(RunSettings settings, IReadOnlyList<NotebookFile> notebooks) => string.Join(", ", notebooks
        .Where(notebook => notebook.Parameters.ContainsKey(Parameter.Seed))
        .Select(notebook => settings.Seed ?? notebook.Seed)
        .Distinct()
        .Select(first => settings.Seeds == 1 ? $"{first}" : $"{first} to {first + settings.Seeds - 1}"));

    private static string? Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 is > 0 and var bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB") : null;
    }

    private static IEnumerable<string> Texts(RecordSet records, string ending) =>
        records.Of<string>().Where(record => record.Name.EndsWith(ending, StringComparison.Ordinal)).Select(record => record.Value);

    private static string CpuName()
    {
        const string cpuInfo = "/proc/cpuinfo";
        var line = File.Exists(cpuInfo) ? File.ReadLines(cpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
