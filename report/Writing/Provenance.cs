using System.Runtime.InteropServices;
using System.Text.Json;
using Fgsm.Reporting;

namespace Fgsm.Report;

/// <summary>Where the numbers come from, so that two people can compare their runs at a glance.</summary>
/// <param name="Commit">The commit of the project, or "unknown".</param>
/// <param name="Seed">The seed asked for, else the notebooks' own.</param>
/// <param name="Run">"full" or "quick".</param>
/// <param name="Data">The data sets with the checksums of their test images, as the notebooks recorded them.</param>
/// <param name="Synthetic">True when a notebook had to draw its data itself: nothing can then be said of the published values.</param>
/// <param name="Cpu">The processor.</param>
/// <param name="Threads">How many threads it runs.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="System">The operating system.</param>
/// <param name="Digests">SHA-256 of every table, without what changes from run to run.</param>
internal sealed record Provenance(
    string Commit,
    string Seed,
    string Run,
    IReadOnlyList<string> Data,
    bool Synthetic,
    string Cpu,
    int Threads,
    string Runtime,
    string System,
    IReadOnlyDictionary<string, string> Digests)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Provenance Collect(Repository repository, ReportOptions options, IReadOnlyList<NotebookFile> notebooks, RecordSet records) => new(
        repository.Commit() ?? "unknown",
        options.Seed?.ToString(global::System.Globalization.CultureInfo.InvariantCulture) ?? string.Join(", ", notebooks.Select(notebook => notebook.Parameters.GetValueOrDefault("seed")).OfType<string>().Distinct()),
        options.Quick ? "quick" : "full",
        [.. Texts(records, ".data.name").Zip(Texts(records, ".data.sha256"), (name, sha256) => $"{name}, SHA-256 of the test images {sha256}").Distinct()],
        Texts(records, ".data.synthetic").Contains("yes"),
        CpuName(),
        Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription,
        records.Of<ResultTable>().ToDictionary(record => record.Name, record => record.Value.Digest()));

    public string ToJson() => JsonSerializer.Serialize(this, Indented) + "\n";

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
