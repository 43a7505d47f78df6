using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Scripting;

/// <summary>Packages of others, as notebooks of others use them.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly Cells _cells = new();

    public void Dispose() => _cells.Dispose();

    [Fact]
    public async Task Package_ThatNeedsDotNetInteractive_LeavesTheSessionWorking()
    {
        await _cells.Run("#r \"nuget: Plotly.NET.Interactive, 6.0.0\"");
        Assert.Equal("2", await _cells.Result("using Plotly.NET;\n1 + 1"));
        Assert.Equal("csharp", await _cells.Result("Kernel.Root.Name"));
    }

    [Fact]
    public async Task Package_WithNativeLibraries_FindsThem()
    {
        await _cells.Run("#r \"nuget: SkiaSharp, 3.119.0\"\n#r \"nuget: SkiaSharp.NativeAssets.Linux, 3.119.0\"");
        Assert.Equal("4", await _cells.Result("new SkiaSharp.SKBitmap(4, 4).Width"));
    }

    [Fact]
    public async Task Package_ThatLoadsAnotherByItsBareName_FindsIt()
    {
        await _cells.Run("#r \"nuget: Microsoft.Data.Sqlite\"");
        Assert.Matches(@"^3\.\d+", await _cells.Result("""
            var connection = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:");
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = "select sqlite_version()";
            command.ExecuteScalar()
            """));
    }

    [Fact]
    public async Task DataFrame_IsATable_ByThePackagesOwnExtension()
    {
        await _cells.Run("#r \"nuget: Microsoft.Data.Analysis, 0.23.1\"");
        var result = (await _cells.Run("""
            using Microsoft.Data.Analysis;
            new DataFrame(new DoubleDataFrameColumn("eps", new[] { 0.1, 0.2 }), new StringDataFrameColumn("who", new[] { "a", "b" }))
            """)).OfType<ResultOutput>().Single();
        Assert.StartsWith("<table", result.Data["text/html"], StringComparison.Ordinal);
        Assert.Contains("<th>eps</th><th>who</th>", result.Data["text/html"], StringComparison.Ordinal);
        Assert.Matches(@"^eps\s+who\s+0\.1\s+a\s+0\.2\s+b\s*$", result.Data["text/plain"]);
    }

    [Fact]
    public async Task PlotlyChart_IsAChart_WithItsTitlesAsPlotlyOfTodayReadsThem()
    {
        await _cells.Run("#r \"nuget: XPlot.Plotly, 4.1.0\"");
        var data = (await _cells.Run("""
            using XPlot.Plotly;
            var chart = Chart.Plot(new Scatter { x = new[] { 1, 2 }, y = new[] { 3, 4 }, name = "s" });
            chart.WithTitle("A \"title\"; 100 %");
            chart.WithXTitle("eps");
            chart
            """)).OfType<ResultOutput>().Single().Data;
        var plot = JsonNode.Parse(data["application/vnd.plotly.v1+json"])!;
        Assert.Equal("[3,4]", plot["data"]![0]!["y"]!.ToJsonString());
        Assert.Equal("A \"title\"; 100 %", plot["layout"]!["title"]!["text"]!.ToString());
        Assert.Equal("eps", plot["layout"]!["xaxis"]!["title"]!["text"]!.ToString());
        Assert.StartsWith("<iframe", data["text/html"], StringComparison.Ordinal);
        // A chart without any titles.
        data = (await _cells.Run("Chart.Plot(new Bar { x = new[] { \"a\" }, y = new[] { 3 } })")).OfType<ResultOutput>().Single().Data;
        Assert.Equal("{}", JsonNode.Parse(data["application/vnd.plotly.v1+json"])!["layout"]!.ToJsonString());
    }

    [Theory]
    [InlineData("#r \"nuget: Newtonsoft.Json, 13.0.3\" // why")]
    [InlineData("#r \"nuget:Newtonsoft.Json,13.0.3\"")]
    public async Task JObject_ShowsItsValues(string directive)
    {
        await _cells.Run(directive);
        var data = (await _cells.Run("Newtonsoft.Json.Linq.JObject.Parse(\"{\\\"a\\\":[1]}\")")).OfType<ResultOutput>().Single().Data;
        Assert.Equal("{\n  \"a\": [\n    1\n  ]\n}", data["text/plain"].ReplaceLineEndings("\n"));
        Assert.Contains("&quot;a&quot;", data["text/html"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feed_OfACell_IsAdded()
    {
        using var folder = new TemporaryFolder();
        var package = LocalPackage.Create(folder, isListed: false);
        using var cells = new Cells(folder.Path);
        Assert.Equal(package, await cells.Result("var before = 1;\n#i \"nuget: feed\" // here\n#r \"nuget: Kernel.Tests.Sample, 1.2.3\"\ntypeof(Xunit.Assert).Assembly.GetName().Name"));
    }

    [Fact]
    public async Task Version_ThatNoFeedHas_IsSaidToHaveBeenReplaced()
    {
        using var folder = new TemporaryFolder();
        LocalPackage.Create(folder);
        using var cells = new Cells(folder.Path);
        var note = Assert.IsType<StreamOutput>(Assert.Single(await cells.Run("\n#r \"nuget: Kernel.Tests.Sample, 1.0.0\"")));
        Assert.Equal(new StreamOutput("stderr", "cell 1, line 2: no feed has Kernel.Tests.Sample 1.0.0; version 1.2.3 was taken\n"), note);
        Assert.Empty(await cells.Run("#r \"nuget: Kernel.Tests.Sample, 1.2.3\""));
    }

    [Fact]
    public async Task Package_ThatIsNone_IsOneLine() =>
        Assert.Equal("cell 1, line 1: 'a b c' names no package; write #r \"nuget: Name, Version\" or #r \"nuget: Name\"", (await _cells.Error("#r \"nuget: a b c\"")).Message);
}
