using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

/// <summary>
/// What the notebooks show in the real dotnet-interactive, the version that .config/dotnet-tools.json pins, as nbclient receives it.
/// It sends application/vnd.…+json as a JSON string.
/// </summary>
public sealed class DotNetInteractiveTests : IDisposable
{
    private const string KernelName = "dotnet-interactive-under-test";

    private static readonly string Root = Checkout.Above(AppContext.BaseDirectory)!;
    private static readonly string Notebooks = Path.Combine(Root, "notebooks");

    private readonly TemporaryFolder folder = new();

    public DotNetInteractiveTests()
    {
        var spec = Directory.CreateDirectory(folder.File($"kernels/{KernelName}")).FullName;
        File.WriteAllText(Path.Combine(spec, "kernel.json"), """
            {
              "argv": ["dotnet", "tool", "run", "dotnet-interactive", "--", "jupyter", "--default-kernel", "csharp", "{connection_file}"],
              "display_name": ".NET (C#)",
              "language": "C#",
              "env": { "DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT": "1" }
            }
            """);
    }

    public void Dispose() => folder.Dispose();

    [QuickRunFact]
    public async Task QuickRun_GivesTheCommittedTables_AndProgressMoves()
    {
        var tables = new Dictionary<string, string>();
        var bars = new List<Progress>();
        // One after the other: two hosts that start at once take the same port for their web servers.
        foreach (var path in Directory.GetFiles(Notebooks, "*.ipynb"))
        {
            var notebook = Notebook.Load(path);
            var parameters = notebook.Cells.First(cell => cell.Tags.Contains("parameters"));
            notebook.Cells.Insert(notebook.Cells.IndexOf(parameters) + 1, new NotebookCell(CellKind.Code, "quick", "quick = true;"));
            var executed = await RunAsync(Path.GetFileName(path), notebook);
            bars.AddRange(All(executed, Progress.MimeType).Select(Progress.FromJson));
            foreach (var record in All(executed, ResultRecord.MimeType).Select(ResultRecord.FromJson))
            {
                if (record.Value is ResultTable table)
                    tables[record.Name] = table.ToCsv(withVolatile: false);
            }
        }

        var committed = Directory.GetFiles(Path.Combine(Root, "tests", "Report.Tests", "QuickTables"), "*.csv")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        Assert.Equal(committed.Keys.Order(StringComparer.Ordinal), tables.Keys.Order(StringComparer.Ordinal));
        Assert.All(committed, table => Assert.Equal(table.Value, tables[table.Key], ignoreLineEndingDifferences: true));
        // A bar that does not move stays at its first step.
        Assert.Contains(bars, bar => bar.Epochs > 1);
        Assert.All(bars, bar => Assert.Equal((bar.Epochs, bar.Steps), (bar.Epoch, bar.Step)));
    }

    [DotNetInteractiveFact]
    public async Task Cells_ShowDataFrameChartFigureAndMovingProgress_AndReadImageFiles()
    {
        var notebook = new Notebook();
        string[] cells =
        [
            "#!import engine/embedded.csx\n#!import setup.csx",
            "new DataFrame(new DoubleDataFrameColumn(\"eps\", [0.25, 0.5]))",
            """
            var chart = XPlot.Plotly.Chart.Plot(new XPlot.Plotly.Scatter { x = new[] { 1, 2 }, y = new[] { 3, 4 }, name = "a line" });
            chart.WithTitle("A title");
            chart
            """,
            "new BarChart(\"Bars\", \"x\", new Axis(\"y\"), [\"a\", \"b\"]).Add(\"series\", [1, 2])",
            """
            var bar = new ProgressBar();
            foreach (var step in Enumerable.Range(1, 3))
                bar.Report(new Progress("bar", 0, 0, step, 4));
            """,
            "bar.Report(new Progress(\"bar\", 0, 0, 4, 4));",
            $$"""
            using System.IO;
            var images = Directory.CreateDirectory(@"{{folder.File("images")}}");
            foreach (var part in new[] { "train", "val" })
                File.WriteAllBytes(Path.Combine(images.CreateSubdirectory(Path.Combine(part, "a")).FullName, "1.png"), Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGPgEpEDAABoAD1UCKP3AAAAAElFTkSuQmCC"));
            Console.Write(string.Join(" ", ImageFolder.Load(images.FullName, "dot", resize: 1, crop: 1).Test.Pixels));
            """,
        ];
        foreach (var (i, source) in cells.Index())
            notebook.Cells.Add(new NotebookCell(CellKind.Code, $"c{i}", source));

        var shown = (await RunAsync("cells.ipynb", notebook)).Cells.Select(cell => cell.Outputs).ToArray();

        Assert.Matches(@"<td[^>]*>0\.25</td>", Data(Assert.Single(shown[1]), "text/html"));
        var chart = JsonNode.Parse(Data(Assert.Single(shown[2]), ChartJson.MimeType)!)!;
        var line = chart["data"]![0]!;
        Assert.Equal(("[3,4]", "a line"), (line["y"]!.ToJsonString(), (string?)line["name"]));
        Assert.Equal("A title", (string?)chart["layout"]!["title"]!["text"]);
        var figure = Assert.Single(shown[3]);
        Assert.Equal("[1.0,2.0]", JsonNode.Parse(Data(figure, ChartJson.MimeType)!)!["data"]![0]!["y"]!.ToJsonString());
        Assert.Equal("PNG"u8, Convert.FromBase64String(Data(figure, "image/png")!).AsSpan(1, 3));
        Assert.Equal(new Progress("bar", 0, 0, 4, 4), Progress.FromJson(Data(Assert.Single(shown[4]), Progress.MimeType)!));
        Assert.Empty(shown[5]);
        Assert.Contains("10 20 30", Assert.Single(shown[6]).ToJsonString());
    }

    /// <summary>A notebook as executed, in the folder of the notebooks; a cell that fails, fails the test.</summary>
    private async Task<Notebook> RunAsync(string name, Notebook notebook)
    {
        var (source, executed) = (folder.File(name), folder.File($"executed-{name}"));
        notebook.Save(source);
        var script = Path.Combine(Root, "tests", "Report.Tests", "RealHost", "run_notebook.py");
        var start = new ProcessStartInfo(DotNetInteractiveFactAttribute.Python, [script, KernelName, source, Notebooks, executed])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = folder.Path;
        // Other tests run beside it, and threads that wait for each other on busy processors take twice as long.
        start.Environment["FGSM_THREADS"] = "1";
        // A host is started for each notebook: without this each runs the first 10 seconds of its training unoptimised.
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "0";
        using var process = Process.Start(start)!;
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
        Assert.True(process.ExitCode == 0, $"{name}: {await error}{await log}");
        return Notebook.Load(executed);
    }

    private static IEnumerable<string> All(Notebook executed, string mimeType) =>
        executed.Cells.SelectMany(cell => cell.Outputs).Select(output => Data(output, mimeType)).OfType<string>();

    private static string? Data(JsonObject output, string mimeType) => output["data"]?[mimeType] switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        var text => (string?)text,
    };
}
