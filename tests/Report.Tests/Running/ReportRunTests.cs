using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

public class ReportRunTests : IDisposable
{
    private static readonly ReportOptions Plain = new(new RunSettings(), []);

    private readonly SampleCheckout checkout = new();

    public void Dispose() => checkout.Dispose();

    [Fact]
    public async Task Run_WritesEveryPartOfTheReport()
    {
        checkout.AddSample();

        var log = await Run(Plain);

        Assert.Equal(
            ["figures/s.figure.json", "figures/s.figure.svg", "files.txt", "notebooks/01-sample.ipynb", "report.html", "report.json", "report.md", "tables/s.table.csv", "tables/s.table.json", "values.json"],
            Directory.GetFiles(checkout.Output, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(checkout.Output, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
        var markdown = Read("report.md");
        Assert.Contains("| a | 98.50 | 98.25 | -0.25 |", markdown);
        Assert.Contains("![A figure](figures/s.figure.svg)", markdown);
        Assert.Contains("Seed 42.", markdown);
        Assert.DoesNotContain("quick", markdown);
        Assert.Contains("baseline: epoch 1 of 2, loss 0.5000, accuracy 90.00 %", log);
    }

    [Fact]
    public async Task Run_WithTimings_EndsWithATableOfItsPhases_AndElseWithoutOne()
    {
        checkout.AddSample();

        Assert.DoesNotContain("Where the time went", await Run(Plain));
        var log = await Run(Plain with { Timings = true });

        Assert.Matches(@"(?s)Where the time went.*01-sample.*\n *all .* 100\.0 .*The report is in", log);
    }

    [Fact]
    public async Task Run_InjectsOnlyDeclaredParameters()
    {
        checkout.AddSample();

        await Run(Plain with { Settings = new RunSettings(Quick: true, Seed: 7), Data = checkout.Repository.Root });

        Assert.Contains("Seed 7.", Read("report.md"));
        Assert.Contains("quick", Read("report.md"));
        Assert.DoesNotContain(checkout.Repository.Root, Read("notebooks/01-sample.ipynb").Replace(AppContext.BaseDirectory, ""));
    }

    [Fact]
    public async Task Run_WithAParameter_ComputesWithIt_SaysSo_AndVerifyDoesTheSame()
    {
        checkout.AddSample("Results.Record(\"s.more\", new ResultTable(\"More\").Number(\"value\").Add(unused));");

        await Run(Plain with { Settings = new RunSettings(Parameters: ["unused=20 + 1"]) });

        Assert.Contains("21", Read("tables/s.more.csv"));
        Assert.Equal("unused=20 + 1", JsonNode.Parse(Read("report.json"))!["settings"]!["parameters"]![0]!.GetValue<string>());
        Assert.Contains("unused = 20 + 1", Read("notebooks/01-sample.ipynb"));
        Assert.True(await ReportVerification.RunAsync(checkout.Repository, checkout.Output, null, TextWriter.Null, default));
    }

    [Fact]
    public async Task Run_WithASeedThatOnlyTheRunCanTell_IsRefusedBeforeAnythingRuns_AndTakesTheOneGiven()
    {
        checkout.AddSample("File.WriteAllText(\"ran\", \"\");");
        var path = Path.Combine(checkout.Repository.Notebooks, "01-sample.ipynb");
        File.WriteAllText(path, File.ReadAllText(path).Replace("var seed = 42;", "var seed = Environment.TickCount;"));

        var e = await Assert.ThrowsAsync<ReportException>(() => Run(Plain));
        Assert.StartsWith("notebooks/01-sample.ipynb: its parameters cell declares no constant", e.Message);
        Assert.False(File.Exists(Path.Combine(checkout.Repository.Notebooks, "ran")));

        await Run(Plain with { Settings = new RunSettings(Seed: 7) });
        Assert.Contains("Seed 7.", Read("report.md"));
    }

    [Theory]
    [InlineData("var (quick, seed) = (false, 42); var unused = 1;")]
    [InlineData("bool quick; bool.TryParse(\"false\", out quick); var seed = 0x2A;")]
    public async Task Run_InjectsIntoVariables_HoweverTheyAreDeclared(string declared)
    {
        checkout.AddSample();
        var path = Path.Combine(checkout.Repository.Notebooks, "01-sample.ipynb");
        var notebook = Notebook.Load(path);
        notebook.Cells[1].Source = declared;
        notebook.Save(path);

        await Run(Plain with { Settings = new RunSettings(Quick: true, Seed: 7) });

        Assert.Contains("Seed 7.", Read("report.md"));
        Assert.Contains("quick", Read("report.md"));
    }

    [Fact]
    public async Task Run_WithAnotherEngine_ImportsItsScript_AndNamesIt()
    {
        checkout.AddSample("#!import engine/embedded.csx\nResults.Record(\"s.engine\", engine);");
        Directory.CreateDirectory(checkout.Repository.Engines);
        foreach (var name in new[] { "embedded", "other" })
            File.WriteAllText(Path.Combine(checkout.Repository.Engines, $"{name}.csx"), $"var engine = \"{name}\";");
        File.WriteAllText(Path.Combine(checkout.Repository.Templates, "report.md"), "# Sample\n\n{{value \"s.engine\"}}\n");

        await Run(Plain);
        Assert.Contains("\nembedded\n", Read("report.md"));
        Assert.StartsWith("Fgsm.Tensors 1.", (string?)JsonNode.Parse(Read("report.json"))!["engine"]);

        await Run(Plain with { Settings = new RunSettings(Engine: "other") });
        Assert.Contains("\nother\n", Read("report.md"));
        Assert.Equal("other", (string?)JsonNode.Parse(Read("report.json"))!["engine"]);
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

        Assert.Contains("notebooks/01-sample.ipynb: cell 4 ", e.Message);
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
        Assert.Matches("^[0-9]+\\.[0-9][0-9] GB$", (string?)provenance["peakMemory"]);
        Assert.Equal(["s.table"], digests.Select(d => d.Key));
        Assert.Equal(ResultTable.FromJson(Read("tables/s.table.json")).Digest(), (string?)digests["s.table"]);
    }

    [Fact]
    public async Task Run_WithSeveralSeeds_RunsEachAndAddsTheirStatistics()
    {
        checkout.AddSample("Results.Record(\"s.by_seed\", new ResultTable(\"By seed\").Text(\"a\").Compared().Add(\"x\", 40, seed));");

        var log = await Run(Plain with { Settings = new RunSettings(Seeds: 3) });
        var table = ResultTable.FromJson(Read("tables/s.by_seed.seeds.json"));

        Assert.Equal(["x", 40.0, 43.0, 3.0, 1.0, 3.0], table.Rows[0]);
        Assert.Contains("Seed 42.", Read("report.md"));
        Assert.Equal("42 to 44", (string?)JsonNode.Parse(Read("report.json"))!["seed"]);
        Assert.Contains("01-sample, seed 44 (3 of 3)", log);
    }

    /// <summary>The cell leaves a line in a file each time that it runs.</summary>
    private void AddCounting(string value = "seed") => checkout.AddSample(
        $"Results.Record(\"s.by_seed\", new ResultTable(\"By seed\").Text(\"a\").Compared().Add(\"x\", 40, {value}));",
        "System.IO.File.AppendAllText(\"ran.txt\", $\"{seed} \");");

    private string Ran()
    {
        var file = Path.Combine(checkout.Repository.Notebooks, "ran.txt");
        var ran = File.ReadAllText(file);
        File.Delete(file);
        return ran;
    }

    [Fact]
    public async Task Run_WithSeveralSeeds_RunsNoneThatIsKept_AndARunWithOneShowsThem()
    {
        AddCounting();
        await Run(Plain with { Settings = new RunSettings(Seeds: 2) });
        Assert.Equal("42 43 ", Ran());

        var log = await Run(Plain with { Settings = new RunSettings(Seeds: 4) });
        Assert.Equal("42 44 45 ", Ran());
        Assert.Contains("01-sample, seed 43, kept (2 of 4): done", log);
        var four = Read("tables/s.by_seed.seeds.json");
        Assert.Equal(["x", 40.0, 43.5, 3.5, Math.Sqrt(5.0 / 3), 4.0], ResultTable.FromJson(four).Rows[0]);

        await Run(Plain);
        Assert.Equal("42 ", Ran());
        Assert.Equal(four, Read("tables/s.by_seed.seeds.json"));

        await Run(Plain with { Settings = new RunSettings(Seed: 7) });
        Assert.False(File.Exists(Path.Combine(checkout.Output, "tables", "s.by_seed.seeds.json")));
    }

    [Fact]
    public async Task Run_WhoseCodeGivesOtherNumbers_DropsTheKeptSeeds_AndOneOfOtherSeedsLeavesThem()
    {
        AddCounting();
        await Run(Plain with { Settings = new RunSettings(Seeds: 3) });
        var kept = File.ReadAllText(checkout.Repository.Seeds);
        await Run(Plain with { Settings = new RunSettings(Seed: 100, Seeds: 2) });
        Assert.Equal(kept, File.ReadAllText(checkout.Repository.Seeds));
        Ran();

        AddCounting("seed + 1");
        await Run(Plain);
        Assert.False(File.Exists(Path.Combine(checkout.Output, "tables", "s.by_seed.seeds.json")));
        await Run(Plain with { Settings = new RunSettings(Seeds: 2) });

        Assert.Equal("42 42 43 ", Ran());
        Assert.Equal(["x", 40.0, 43.5, 3.5, Math.Sqrt(0.5), 2.0], ResultTable.FromJson(Read("tables/s.by_seed.seeds.json")).Rows[0]);
    }

    [Fact]
    public async Task Run_WithBrokenKeptSeeds_SaysSoBeforeAnythingRuns()
    {
        AddCounting();
        Directory.CreateDirectory(Path.GetDirectoryName(checkout.Repository.Seeds)!);
        File.WriteAllText(checkout.Repository.Seeds, "[");

        var e = await Assert.ThrowsAsync<ReportException>(() => Run(Plain));

        Assert.StartsWith($"{checkout.Repository.Seeds}: cannot be read", e.Message);
        Assert.False(File.Exists(Path.Combine(checkout.Repository.Notebooks, "ran.txt")));
    }

    [Fact]
    public async Task Export_OfARun_WritesTheSameReportWithoutRunning()
    {
        checkout.AddSample();
        await Run(Plain);
        var before = Contents();
        Directory.Delete(checkout.Repository.Notebooks, recursive: true);
        File.Delete(Path.Combine(checkout.Output, "report.md"));

        await ReportExport.RunAsync(checkout.Repository, checkout.Output, null, false, null, [ReportFormat.Md], TextWriter.Null, default);

        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Export_WithAnOwnTemplateIntoAnotherFolder_LeavesTheRunAsItIs()
    {
        checkout.AddSample();
        await Run(Plain);
        var before = Contents();
        var (own, other) = (Path.Combine(checkout.Repository.Root, "my.md"), Path.Combine(checkout.Repository.Root, "other"));
        File.WriteAllText(own, "# Mine\n\nSeed {{value \"s.seed\" \"0\"}}\n");

        await ReportExport.RunAsync(checkout.Repository, checkout.Output, other, false, own, [ReportFormat.Md], TextWriter.Null, default);

        Assert.Equal("# Mine\n\nSeed 42\n", File.ReadAllText(Path.Combine(other, "report.md")));
        Assert.False(File.Exists(Path.Combine(other, "report.html")));
        Assert.True(File.Exists(Path.Combine(other, "notebooks", "01-sample.ipynb")));
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Run_OfHalfASurrogatePair_IsWrittenInEveryFormat_WithTheReplacementCharacter()
    {
        checkout.AddSample(
            """
            var half = "half \ud83d.";
            Console.WriteLine(half);
            Console.Error.WriteLine(half);
            half.DisplayAs("text/html");
            """,
            """
            Results.Record("s.text", half);
            Results.Record("s.half", new ResultTable(half) { Note = half }.Text(half).Compared(half).Add(half, 1, 2));
            Results.Record("s.lines", new LineChart(half, half, half).Add(half, [0, 1], [0, 1]));
            Results.Record("s.map", new HeatMap(half, half, half, [[1]], [half], [half]));
            half
            """);
        File.WriteAllText(Path.Combine(checkout.Repository.Templates, "report.md"), """
            # {{value "s.text"}}

            {{table "s.half"}}

            {{figure "s.lines"}}

            {{figure "s.map"}}
            """);

        await Run(Plain with { Formats = [.. Enum.GetValues<ReportFormat>().Where(format => format != ReportFormat.Pdf || PdfPrinter.FindBrowser() is not null)] });

        foreach (var name in new[] { "report.md", "report.html", "report.tex", "tables/s.half.csv", "figures/s.lines.svg", "notebooks/01-sample.ipynb" })
            Assert.Contains("half \ufffd.", Read(name));
        Assert.Contains("half \ufffd.", string.Concat(RecordFolder.Read(checkout.Output).Records.Of<string>().Select(text => text.Value)));
        // A record's digest is that of what was written.
        await ReportExport.RunAsync(checkout.Repository, checkout.Output, null, false, null, [ReportFormat.Md], TextWriter.Null, default);
    }

    [Fact]
    public async Task Run_OfOneNotebook_OverAReportOfTwo_KeepsTheOtherChapter_EachWithItsOwnRun()
    {
        checkout.AddSample();
        checkout.Add("02-other", ["var seed = 1;", "#r \"" + typeof(ResultRecord).Assembly.Location + "\"\nusing Fgsm.Results;\nResults.Recorded = record => record.ToJson().DisplayAs(ResultRecord.MimeType);", "Results.Record(\"o.seed\", seed); Results.Record(\"o.table\", new Fgsm.Results.Tables.ResultTable(\"Other\").Text(\"a\").Add(\"b\"));"]);
        File.AppendAllText(Path.Combine(checkout.Repository.Templates, "report.md"), "\n{{#ran \"02-other\"}}Other {{value \"o.seed\" \"0\"}}.{{/ran}}\n{{#each provenance.runs}}{{notebooks}} with {{seed}}.\n{{/each}}");
        await Run(Plain);
        Assert.Contains("Seed 42.\nOther 1.", Read("report.md").Replace("\n\n", "\n"));

        await Run(Plain with { Only = ["01"], Settings = new RunSettings(Seed: 7) });

        Assert.Contains("Seed 7.\nOther 1.", Read("report.md").Replace("\n\n", "\n"));
        // The first run had both notebooks, and their seeds.
        Assert.Contains("01-sample with 7.\n02-other with 42, 1.", Read("report.md"));
        Assert.True(File.Exists(Path.Combine(checkout.Output, "notebooks", "02-other.ipynb")));
        var (records, provenance) = RecordFolder.Read(checkout.Output);
        Assert.Equal(["01-sample", "02-other"], provenance.AllNotebooks);
        Assert.Equal([("01-sample", 7, "s.table"), ("02-other", null, "o.table")], provenance.Runs.Select(run => (run.Notebooks.Single(), run.Settings.Seed, run.Digests.Keys.Single())));
        Assert.Equal(1, records.Get<double>("o.seed", "number"));
        var log = new StringWriter();
        Assert.True(await ReportVerification.RunAsync(checkout.Repository, checkout.Output, null, log, default));

        // The chapter that was kept is renewed in its turn, and the first run with it gone.
        await Run(Plain with { Only = ["02"], Settings = new RunSettings(Seed: 3) });
        Assert.Contains("Seed 7.\nOther 3.", Read("report.md").Replace("\n\n", "\n"));
        Assert.Equal([3, 7], RecordFolder.Read(checkout.Output).Provenance.Runs.Select(run => run.Settings.Seed));
    }

    [Fact]
    public async Task Run_OfOneNotebook_OverAReportThatDoesNotSayWhatItRecorded_IsRefusedBeforeAnythingRuns()
    {
        checkout.AddSample();
        checkout.Add("02-other", ["var seed = 1;"]);
        await Run(Plain);
        var run = Path.Combine(checkout.Output, "report.json");
        var json = JsonNode.Parse(File.ReadAllText(run))!.AsObject();
        json.Remove("records");
        File.WriteAllText(run, json.ToJsonString());
        var before = Contents();

        var e = await Assert.ThrowsAsync<ReportException>(() => Run(Plain with { Only = ["01"] }));

        Assert.Contains("run all notebooks once, or drop it with --replace", e.Message);
        Assert.True(e.IsUsage);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task Run_OfOneNotebook_AskedToReplaceTheReport_DropsTheOtherChapter()
    {
        checkout.AddSample();
        checkout.Add("02-other", ["var seed = 1;"]);
        await Run(Plain);

        await Run(Plain with { Only = ["01"], Replace = true });
        Assert.False(File.Exists(Path.Combine(checkout.Output, "notebooks", "02-other.ipynb")));
    }

    [Fact]
    public async Task QuickRun_OverAFullOne_IsRefused_AndAFullOneOverAQuickOneIsNot()
    {
        checkout.AddSample();
        await Run(Plain with { Settings = new RunSettings(Quick: true) });
        await Run(Plain);

        Assert.Contains("a full run, and the new one is quick", (await Assert.ThrowsAsync<ReportException>(() => Run(Plain with { Settings = new RunSettings(Quick: true) }))).Message);
    }

    [Fact]
    public async Task Export_OverAReportOfOtherNotebooks_IsRefused()
    {
        checkout.AddSample();
        checkout.Add("02-other", ["var seed = 1;"]);
        var other = Path.Combine(checkout.Repository.Root, "other");
        await Run(Plain with { Out = other });
        await Run(Plain with { Only = ["01"] });

        await Assert.ThrowsAsync<ReportException>(() => ReportExport.RunAsync(checkout.Repository, checkout.Output, other, false, null, [ReportFormat.Md], TextWriter.Null, default));
    }

    [Fact]
    public async Task Verify_OfTheSameNotebooks_Agrees_AndOfChangedOnesNamesTheTable()
    {
        checkout.AddSample();
        await Run(Plain with { Settings = new RunSettings(Seed: 7) });
        var log = new StringWriter();

        Assert.True(await ReportVerification.RunAsync(checkout.Repository, checkout.Output, null, log, default));
        Assert.Contains("All 1 tables have the recorded digests.", log.ToString());

        checkout.AddSample("Results.Record(\"s.table\", new ResultTable(\"A table\").Text(\"name\").Add(\"other\"));");

        Assert.False(await ReportVerification.RunAsync(checkout.Repository, checkout.Output, null, log, default));
        Assert.Contains("s.table: ", log.ToString());
        Assert.Contains("1 of 1 tables differ", log.ToString());
    }

    private async Task<string> Run(ReportOptions options, CancellationToken cancellation = default)
    {
        var log = new StringWriter();
        await new ReportRun(checkout.Repository, options, log, new StoppedClock()).RunAsync(cancellation);
        return log.ToString();
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(checkout.Output, name));

    private SortedDictionary<string, string> Contents() => new(
        Directory.GetFiles(checkout.Output, "*", SearchOption.AllDirectories)
            .ToDictionary(f => f, f => System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(f), "[0-9.]+ GB", "")), StringComparer.Ordinal);

    // Date, wall time and memory are all that differs between two runs.
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

        public override long GetTimestamp() => 0;
    }
}
