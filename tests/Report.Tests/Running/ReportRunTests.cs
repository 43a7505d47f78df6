using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

public class ReportRunTests : IDisposable
{
    private static readonly ReportOptions Plain = new(false, [], null, null, null);

    private readonly SampleCheckout checkout = new();

    public void Dispose() => checkout.Dispose();

    [Fact]
    public async Task Run_WritesEveryPartOfTheReport()
    {
        checkout.AddSample();

        var log = await Run(Plain);

        Assert.Equal(
            ["figures/s.figure.svg", "notebooks/01-sample.ipynb", "report.html", "report.json", "report.md", "tables/s.table.csv", "tables/s.table.json"],
            Directory.GetFiles(checkout.Output, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(checkout.Output, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
        var markdown = Read("report.md");
        Assert.Contains("| a | 98.50 | 98.25 | -0.25 |", markdown);
        Assert.Contains("![A figure](figures/s.figure.svg)", markdown);
        Assert.Contains("Seed 42.", markdown);
        Assert.DoesNotContain("quick", markdown);
        Assert.Contains("baseline: epoch 1 of 2, loss 0.5000, accuracy 90.00 %", log);
    }

    [Fact]
    public async Task Run_InjectsOnlyDeclaredParameters()
    {
        checkout.AddSample();

        await Run(Plain with { Quick = true, Seed = 7, Data = checkout.Repository.Root });

        Assert.Contains("Seed 7.", Read("report.md"));
        Assert.Contains("quick", Read("report.md"));
        Assert.DoesNotContain(checkout.Repository.Root, Read("notebooks/01-sample.ipynb").Replace(AppContext.BaseDirectory, ""));
    }

    [Fact]
    public async Task Run_Twice_GivesTheSameBytes()
    {
        checkout.AddSample();
        await Run(Plain);
        var first = Contents();
        await Run(Plain);

        Assert.Equal(first, Contents());
    }

    [Fact]
    public async Task Run_WithAFailingCell_NamesItAndLeavesTheEarlierReport()
    {
        checkout.AddSample();
        await Run(Plain);
        var before = Contents();
        checkout.AddSample("throw new InvalidOperationException(\"out of luck\");");

        var e = await Assert.ThrowsAsync<ReportException>(() => Run(Plain));

        Assert.Contains("notebooks/01-sample.ipynb: cell 5 ", e.Message);
        Assert.Contains("out of luck", e.Message);
        Assert.Equal(before, Contents());
        Assert.Equal(["out", "templates"], Directory.GetFileSystemEntries(Path.GetDirectoryName(checkout.Output)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Run_WithATemplateThatAsksForTooMuch_WritesNothing()
    {
        checkout.AddSample();
        File.WriteAllText(Path.Combine(checkout.Repository.Templates, "report.md"), "{{table \"s.tabel\"}}");

        var e = await Assert.ThrowsAsync<ReportException>(() => Run(Plain));

        Assert.Contains("near names are s.table", e.Message);
        Assert.False(Directory.Exists(checkout.Output));
    }

    [Fact]
    public async Task Run_Stopped_WritesNothing()
    {
        checkout.AddSample("while (true) System.Threading.Thread.Sleep(10);");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(Plain, stop.Token));

        Assert.False(Directory.Exists(checkout.Output));
    }

    [Fact]
    public async Task Run_WithADataFolderThatDoesNotExist_StopsAtOnce()
    {
        checkout.AddSample();

        Assert.True((await Assert.ThrowsAsync<ReportException>(() => Run(Plain with { Data = "/no/such/folder" }))).IsUsage);
    }

    [Fact]
    public async Task Run_KeepsItsSeedItsDataAndTheDigestsOfItsTables()
    {
        checkout.AddSample();
        await Run(Plain);

        var provenance = JsonNode.Parse(Read("report.json"))!;
        var digests = provenance["digests"]!.AsObject();

        Assert.Equal("42", (string?)provenance["seed"]);
        Assert.Equal(["Tiny, SHA-256 of the test images 00ff"], provenance["data"]!.AsArray().Select(d => (string?)d));
        Assert.True((bool)provenance["synthetic"]!);
        Assert.Equal(["s.table"], digests.Select(d => d.Key));
        Assert.Equal(Reporting.ResultTable.FromJson(Read("tables/s.table.json")).Digest(), (string?)digests["s.table"]);
    }

    private async Task<string> Run(ReportOptions options, CancellationToken cancellation = default)
    {
        var log = new StringWriter();
        await new ReportRun(checkout.Repository, options, log).RunAsync(cancellation);
        return log.ToString();
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(checkout.Output, name));

    private SortedDictionary<string, string> Contents() => new(
        Directory.GetFiles(checkout.Output, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllText), StringComparer.Ordinal);
}
