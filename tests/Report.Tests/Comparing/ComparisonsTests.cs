namespace Fgsm.Report.Tests;

/// <summary>The claims are about data/published of the project; the records are made up.</summary>
public sealed class ComparisonsTests : IDisposable
{
    private const string Header = "published,column,where,what,record,row,ours,less,images,headline,remark\n";

    private static readonly Repository Project = new(Checkout.Above(AppContext.BaseDirectory)!);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APublishedNumber_StandsBesideOurs_WithItsIntervalAndVerdict()
    {
        var rows = Rows(
            "b.robust,robust_baseline,,baseline at eps {eps},b.baseline,{eps},\"Robust accuracy, ours\",,test,8/255,",
            new ResultTable("t").Text("eps").Compared("Robust accuracy").Add("0 (clean)", 99, 98.95).Add("8/255", 96.95, 97.13).Add("16/255", null, 92.98));

        Assert.Equal(
            [
                ["baseline at eps 0", "99.00 %", "98.95 %", "98.73 to 99.13", "-0.05", "✓ reproduced"],
                ["baseline at eps 2/255", "98.68", "–", "–", "–", "– not measured"],
                ["baseline at eps 4/255", "98.35", "–", "–", "–", "– not measured"],
                ["baseline at eps 8/255", "96.95 %", "97.13 %", "96.78 to 97.44", "+0.18", "✓ reproduced"],
                ["baseline at eps 16/255", "–", "92.98 %", "92.46 to 93.46", "–", "– no published value"],
            ],
            rows);
    }

    [Fact]
    public void AShare_IsOfAsManyImagesAsTheNotebookRecords()
    {
        folder.Write("claims.csv", Header + "b.robust,robust_baseline,,eps {eps},b.baseline,{eps},Ours,,test b.clean,,\n");
        var ours = new ResultTable("t").Text("eps").Compared().Add("8/255", 96.95, 97);

        var comparisons = new Comparisons(Claim.ReadAll(folder.Path), Samples.Records(new("b.baseline", ours), new("b.images", 500.0), new("b.clean", 80.0)), Project.Published);

        var expected = Interval.Wilson(97, 400);
        Assert.Equal(FormattableString.Invariant($"{expected.Low:0.00} to {expected.High:0.00}"), comparisons.Of("b").Single(c => c.What == "eps 8/255").Range);
    }

    /// <summary>97 % of 10,000 without seeds would be 96.65 to 97.32; t(0.975, 4) = 2.776, and 2.776 x 0.5 x sqrt(1.2) = 1.52.</summary>
    [Theory]
    [InlineData(98, "96.48 to 99.52")]
    [InlineData(99, "96.65 to 100.00")]
    public void OverSeeds_TheIntervalIsThatOfOneMoreTraining(double mean, string expected)
    {
        var ours = new ResultTable("t").Text("eps").Compared("Robust accuracy").Add("8/255", 96.95, 97);
        var seeds = new ResultTable("t").Text("eps").Compared("Robust accuracy").Number("Robust accuracy, standard deviation").Number("Seeds").Add("8/255", 96.95, mean, 0.5, 5);

        var comparisons = Compare("b.robust,robust_baseline,,eps {eps},b.baseline,{eps},\"Robust accuracy, ours\",,test,,", ("b.baseline", ours), ("b.baseline.seeds", seeds));

        var (range, text) = comparisons.Of("b").Where(c => c.What == "eps 8/255").Select(c => (c.Range, c.Seeds)).Single();
        Assert.Equal((expected, FormattableString.Invariant($"{mean:0.00} ± 0.50 (5)")), (range, text));
        Assert.Contains("Over seeds", comparisons.Table("t", "b").Columns.Select(column => column.Name));
    }

    /// <summary>Newcombe's interval, as in the tests of Interval.</summary>
    [Fact]
    public void ADifferenceOfTwoRecords_HasItsOwnInterval_InPoints()
    {
        static ResultTable Robust(double ours) => new ResultTable("t").Text("eps").Compared("Robust accuracy").Add("8/255", null, ours);
        var expected = Interval.Difference(98.22, Interval.Wilson(98.22, 10_000), 97.13, Interval.Wilson(97.13, 10_000));

        var comparison = Compare("b.robust,improvement,,wins at {eps},b.defended,{eps},\"Robust accuracy, ours\",b.baseline,test,,", ("b.defended", Robust(98.22)), ("b.baseline", Robust(97.13)))
            .Of("b.robust").Single(c => c.What == "wins at 8/255");

        Assert.Equal(("0.90 points", "1.09 points", FormattableString.Invariant($"{expected.Low:0.00} to {expected.High:0.00}"), Verdict.Reproduced), (comparison.Published, comparison.Ours, comparison.Range, comparison.Verdict));
    }

    [Fact]
    public void OtherQuantities_AreComparedAsMultiples_WithEnoughDigits()
    {
        var rows = Rows(
            "b.diagnostics,value,\"quantity=gradient, largest\",{quantity},b.baseline,{quantity},Ours,,,,",
            new ResultTable("t").Text("q").Compared(unit: null).Add("gradient, largest", null, 4.94e-7));

        Assert.Equal(["gradient, largest", "0.000026", "0.00000049", "–", "× 0.019", "✗ not reproduced"], Assert.Single(rows));
    }

    [Fact]
    public void WhatCannotBeCompared_SaysWhy()
    {
        var table = Compare("b.costs,baseline,quantity=training,time (s),,,,,,,another machine", ("b.baseline", new ResultTable("t").Text("a").Add("x"))).Table("t", "b.costs");

        Assert.Equal(["time (s)", "288", "–", "–", "–", "– not comparable"], Assert.Single(Breakable(table)));
        Assert.Equal("Not comparable: another machine.", table.Note);
    }

    [Fact]
    public void ANotebookThatDidNotRun_HasNoRows() =>
        Assert.Empty(Rows("a.accuracy,accuracy,,eps {eps},a.sweep,{eps},Ours,,test,,", new ResultTable("t").Text("a").Add("x")));

    [Fact]
    public void AColumnThatTheRecordDoesNotHave_IsNamed()
    {
        var e = Assert.Throws<ReportException>(() => Rows("b.robust,robust_baseline,,eps {eps},b.baseline,{eps},Hours,,test,,", new ResultTable("t").Text("eps").Compared()));

        Assert.Contains("table 'b.baseline' has no column 'Hours'; it has 'eps', 'Published', 'Ours', 'Difference'", e.Message);
    }

    [Fact]
    public void Settings_ShowWhatTheRecordSays_ElseThatTheyAreFollowed()
    {
        var network = new ResultTable("t").Text("Setting").Text("Report").Text("Here").Add("optimiser", "Adam", "Adam, rate 0.001");

        var settings = Compare("a.settings,said,,{setting},a.network,{setting},Here,,,,as published", ("a.network", network)).Settings("t");

        Assert.Contains(["A", "optimiser", "Adam, rate unsaid", "Adam, rate 0.001"], settings.Rows);
        Assert.Contains(["A", "loss", "cross-entropy", "as published"], settings.Rows);
    }

    [Fact]
    public void Tally_CountsANumberThatIsPrintedTwiceOnce()
    {
        static ResultTable Table() => new ResultTable("t").Text("eps").Compared("Ours").Add("0.1", null, 91.68).Add("0.2", null, 86).Add("0.3", null, 68.9);
        const string claims = "e.table1,accuracy,network=CNN+FGSM,at {eps},e.table1,{eps},\"Ours, ours\",,test,,\ne.table2,attacked,,at {eps},e.table2,{eps},\"Ours, ours\",,test,*,";

        var comparisons = Compare(claims, ("e.table1", Table()), ("e.table2", Table()));

        Assert.Equal("of 3 published numbers 1 is reproduced, 1 is close and 1 is not reproduced", comparisons.Tally("e"));
        Assert.Equal("of 3 published numbers 1 is reproduced, 1 is close and 1 is not reproduced", comparisons.Tally(""));
        Assert.Equal("no published number can be compared", comparisons.Tally("a"));
        Assert.True(comparisons.MostHold);
    }

    /// <summary>Every number of data/published, in the report that is published with the project.</summary>
    [Fact]
    public void EveryPublishedNumber_HasARowInTheReport()
    {
        var template = new ReportTemplate(Project.Templates, published: Project.Published);
        List<ResultTable> tables = [];
        template.Render(RecordFolder.Read(Path.Combine(Project.Root, "report", "published")), (name, value) =>
        {
            if (value is ResultTable table && (name.StartsWith("comparisons.", StringComparison.Ordinal) || name == "settings"))
                tables.Add(table);
            return "";
        });
        HashSet<string> shown = [.. from table in tables
            from row in table.Rows
            from column in table.Columns.Index()
            where column.Item.Name == "Published"
            select ((string)row[column.Index]!).Replace('\u00a0', ' ').Replace(" points", "").Replace(" %", "")];

        var files = Directory.GetFiles(Path.Combine(Project.Root, "data", "published"), "*.csv").Select(file => Path.GetFileNameWithoutExtension(file)).ToArray();
        Assert.Equal(11, files.Length);
        foreach (var file in files)
        {
            var frame = Published.Read(file, Project.Published).Frame;
            string[] keys = ["eps", "training_eps", "data_set", "network", "cnn", "attack", "quantity", "study", "setting", "unit", "source"];
            foreach (var column in frame.Columns.Where(column => !keys.Contains(column.Name)))
                for (var row = 0L; row < frame.Rows.Count; row++)
                {
                    // A number that the report puts in words stands there as its words.
                    var words = column.Name == "accuracy" ? frame.Columns.FirstOrDefault(c => c.Name == "claim")?[row] as string : null;
                    var number = string.IsNullOrEmpty(words) ? column[row] as string : words;
                    Assert.True(string.IsNullOrEmpty(number) || shown.Contains(number.Replace(" %", "")), $"{file}.csv: {column.Name} '{number}' has no row");
                }
        }
    }

    [Fact]
    public void TheSameDifference_HasOneVerdict_WhereverTheReportShowsIt()
    {
        var comparisons = new ReportTemplate(Project.Templates, published: Project.Published).Compare(RecordFolder.Read(Path.Combine(Project.Root, "report", "published")).Records);

        var verdicts = new[] { "a", "b", "c", "e" }.SelectMany(comparisons.Of).Where(c => c.Ours.Length > 0 && c.Published.Length > 0).GroupBy(c => (c.Report, c.Published, c.Ours));

        Assert.All(verdicts, same => Assert.Single(same.Select(c => c.Verdict).Distinct()));
        Assert.Contains(verdicts, same => same.Count() > 1);
    }

    private IReadOnlyList<object?>[] Rows(string claims, ResultTable table) => Breakable(Compare(claims, ("b.baseline", table)).Table("t", "b"));

    // With ordinary spaces.
    private static IReadOnlyList<object?>[] Breakable(ResultTable table) => [.. table.Rows.Select(row => row.Select(cell => (object?)((string)cell!).Replace('\u00a0', ' ')).ToArray())];

    private Comparisons Compare(string claims, params (string Name, ResultTable Table)[] tables)
    {
        folder.Write("claims.csv", Header + claims + "\n");
        return new Comparisons(Claim.ReadAll(folder.Path), Samples.Records([.. tables.Select(table => new ResultRecord(table.Name, table.Table))]), Project.Published);
    }
}
