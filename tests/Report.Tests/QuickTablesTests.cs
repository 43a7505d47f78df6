using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Data.Analysis;

namespace Fgsm.Report.Tests;

/// <summary>
/// The main job on the real data, quick, and its tables against those of QuickTables/, to the last digit: the same seed gives the
/// same bits, so any difference is a change of what is computed. To renew the files after such a change:
/// <c>FGSM_RENEW=1 dotnet test -c Release tests/Report.Tests --filter QuickTables</c>
/// </summary>
public sealed class QuickTablesTests : IDisposable
{
    private static readonly string Root = Checkout.Above(AppContext.BaseDirectory)!;

    private readonly TemporaryFolder output = new();

    public void Dispose() => output.Dispose();

    [QuickRunFact]
    public async Task QuickRun_GivesTheCommittedTables()
    {
        await RunReport();

        Assert.DoesNotContain("could not be had", File.ReadAllText(output.File("report.md")));
        Assert.NotEmpty(Directory.GetFiles(output.File("figures"), "*.svg"));
        var fresh = Tables().ToDictionary(table => table.Key, table => table.Value.ToCsv(withVolatile: false));
        var folder = Folder;
        if (QuickRunFactAttribute.Renew)
        {
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.GetFiles(folder, "*.csv"))
                File.Delete(file);
            foreach (var (name, csv) in fresh)
                File.WriteAllText(Path.Combine(folder, name + ".csv"), csv);
            return;
        }

        Assert.True(Directory.Exists(folder), $"{folder}: no tables to compare with; renew them.");
        var committed = Directory.GetFiles(folder, "*.csv").ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        Assert.Equal(committed.Keys.Order(StringComparer.Ordinal), fresh.Keys.Order(StringComparer.Ordinal));
        Assert.All(committed, table => Assert.Equal(table.Value, fresh[table.Key], ignoreLineEndingDifferences: true));
    }

    /// <summary>Rounding that differs grows in training; after an epoch or two it is still small.</summary>
    [QuickRunFact]
    public async Task QuickRun_OnTorchSharp_GivesNearlyTheCommittedTables()
    {
        await RunReport("--engine", "torchsharp");

        Assert.StartsWith("TorchSharp 0.107", (string?)JsonNode.Parse(File.ReadAllText(output.File("report.json")))!["engine"]);
        var fresh = Tables();
        foreach (var file in Directory.GetFiles(Folder, "*.csv"))
        {
            var table = fresh[Path.GetFileNameWithoutExtension(file)];
            var (committed, ours) = (File.ReadAllLines(file), table.ToCsv(withVolatile: false).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal((committed[0], committed.Length), (ours[0], ours.Length));
        }
        foreach (var name in new[] { "a.sweep", "b.baseline", "b.defended" })
            Assert.All(Accuracies(name, fresh[name].ToCsv()).Zip(Accuracies(name, File.ReadAllText(Path.Combine(Folder, name + ".csv")))), pair => Assert.Equal(pair.First, pair.Second, 1.5));
    }

    // The column "ours" of a table of accuracies, in percent.
    private static IEnumerable<double> Accuracies(string name, string csv)
    {
        var frame = DataFrame.LoadCsvFromString(csv);
        var column = frame.Columns.First(column => column.Name.Contains("ours", StringComparison.OrdinalIgnoreCase));
        Assert.True(frame.Rows.Count > 3, name);
        return column.Cast<object>().Select(cell => Convert.ToDouble(cell, CultureInfo.InvariantCulture));
    }

    private static string Folder => Path.Combine(Root, "tests", "Report.Tests", "QuickTables");

    private Dictionary<string, ResultTable> Tables() => Directory.GetFiles(output.File("tables"), "*.json")
        .Where(file => !file.EndsWith(".seeds.json", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file)!, file => ResultTable.FromJson(File.ReadAllText(file)));

    // With one thread: other tests run beside it, and threads that wait for each other on busy processors take twice as long.
    private async Task RunReport(params string[] more)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ReportRun).Assembly.Location, "--quick", "--out", output.Path, .. more])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["FGSM_THREADS"] = "1", ["OMP_NUM_THREADS"] = "1" },
        })!;
        var (log, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(process.ExitCode == 0, await error + await log);
    }
}

/// <summary>A test that runs all notebooks: in CI, or when asked to renew what it compares with.</summary>
public sealed class QuickRunFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    Renew || Environment.GetEnvironmentVariable("CI") == "true" ? null : "Trains models for minutes; set CI=true to run it.", test)
{
    public static bool Renew => Environment.GetEnvironmentVariable("FGSM_RENEW") == "1";
}
