namespace Fgsm.Report.Tests;

public class ReportTemplateTests : IDisposable
{
    private static readonly RecordSet Records = Samples.Records(
        new("b.table", new ResultTable("t").Text("eps").Compared().Add("2", 98.5, 98.25).Add("4", 98, 98.125).Add("8", null, 90)),
        new("b.figure", new LineChart("f", "x", "y")),
        new("b.number", 98.765),
        new("b.text", "a | <b> *c*"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{{table \"b.table\"}}", "[table b.table]")]
    [InlineData("{{figure \"b.figure\"}}", "[figure b.figure]")]
    [InlineData("{{value \"b.number\" \"0.0\"}} %", "98.8 %")]
    [InlineData("{{value \"b.number\"}}", "98.765")]
    [InlineData("{{value \"b.text\"}}", "a \\| \\<b\\> \\*c\\*")]
    [InlineData("{{largest \"b.table\" \"Difference\" \"0.000\"}}", "0.250")]
    [InlineData("{{#within \"b.table\" \"Difference\" \"0.25\"}}yes{{else}}no{{/within}}", "yes")]
    [InlineData("{{#within \"b.table\" \"Difference\" \"0.2\"}}yes{{else}}no{{/within}}", "no")]
    [InlineData("{{#atLeast \"b.number\" \"98.7\"}}yes{{else}}no{{/atLeast}}", "yes")]
    [InlineData("{{#atLeast \"b.number\" \"98.8\"}}yes{{else}}no{{/atLeast}}", "no")]
    [InlineData("{{#has \"b.table\"}}yes{{else}}no{{/has}}", "yes")]
    [InlineData("{{#has \"b.other\"}}yes{{/has}}", "")]
    [InlineData("{{#ran \"01-sample\"}}yes{{/ran}}{{#ran \"02\"}}no{{/ran}}", "yes")]
    [InlineData("{{#if quick}}quick{{else}}full{{/if}} {{#if synthetic}}drawn{{/if}}{{#if conclusive}}real{{/if}}", "full real")]
    [InlineData("{{provenance.commit}}", "abc \\| \\<b\\>")]
    [InlineData("{{> part}}", "from a part: 99")]
    [InlineData("{{#if seeds}}seeds{{/if}}", "")]
    public void Render_PutsResultsIn(string template, string expected)
    {
        File.WriteAllText(folder.File("part.md"), "from a part: {{value \"b.number\" \"0\"}}");

        Assert.Equal(expected, Render(template));
    }

    [Theory]
    [InlineData("{{table \"b.tabel\"}}", "near names are b.table")]
    [InlineData("{{table \"b.number\"}}", "'b.number' was recorded as a number, not as a table")]
    [InlineData("{{value \"b.table\"}}", "'b.table' is not a value")]
    [InlineData("{{value}}", "needs 1 arguments and has 0")]
    [InlineData("{{largest \"b.table\" \"Differense\" \"0\"}}", "has no column 'Differense'; it has 'eps', 'Published', 'Ours', 'Difference'")]
    [InlineData("{{largest \"b.table\" \"eps\" \"0\"}}", "no numbers in column 'eps'")]
    [InlineData("{{#within \"b.table\" \"Difference\" \"much\"}}{{/within}}", "needs a number and has 'much'")]
    [InlineData("{{nonsense}}", "nonsense")]
    [InlineData("{{sumary}}", "near names are summary")]
    [InlineData("{{tabel \"b.table\"}}", "{{tabel}} is nothing that a template knows; near names are table")]
    [InlineData("{{#witin \"b.table\" \"Difference\" \"1\"}}x{{/witin}}", "near names are within")]
    [InlineData("{{#if quik}}x{{/if}}", "quik")]
    [InlineData("{{> prt}}", "prt")]
    [InlineData("{{#if quick}}", "if")]
    public void Render_OfAWrongTemplate_SaysWhatIsWrong(string template, string expected)
    {
        var e = Assert.Throws<ReportException>(() => Render(template));

        Assert.StartsWith(folder.Path, e.Message);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void Summary_HasEveryToleranceOfTheText_WhereverItStands_AndEveryOtherComparison()
    {
        var records = Samples.Records(
            new("b.exact", new ResultTable("Exact").Text("eps").Compared().Add("2", 98.5, 98.5)),
            new("b.near", new ResultTable("Near").Text("eps").Compared("Robust").Add("2", 98.5, 98.25).Add("4", 98, 98.125)),
            new("a.far", new ResultTable("Far").Text("eps").Compared().Add("2", 98.5, 90)),
            new("a.unsaid", new ResultTable("Unsaid").Text("eps").Compared().Compared("Time", "s", isVolatile: true).Add("2", 1, 2, 3, 4)),
            new("b.gain", 0.7));
        File.WriteAllText(folder.File("report.md"), """
            {{summary}}
            {{#within "b.near" "Robust, difference" "0.3" "unused"}}{{/within}}{{#within "b.exact" "Difference" "0"}}{{/within}}
            {{#within "a.far" "Difference" "8" "settings unsaid"}}{{/within}}{{#atLeast "b.gain" "0.5" "Gain"}}{{/atLeast}}
            """);
        ResultTable? summary = null;
        new ReportTemplate(folder.Path).Render(Samples.Content(records), (_, table) => $"{summary = table}", (_, _) => "");

        Assert.Equal(
            [
                ["A", "Far", 1.0, 8.5, "8", "not reproduced", "largest at 2; settings unsaid"],
                ["A", "Unsaid", 1.0, 1.0, "–", "no tolerance stated", "largest at 2"],
                ["B", "Near: Robust", 2.0, 0.25, "0.3", "within its tolerance", "largest at 2"],
                ["B", "Exact", 1.0, 0.0, "0", "reproduced", ""],
                ["B", "Gain", 1.0, null, "at least 0.5", "within its tolerance", "it is 0.70"],
            ],
            summary!.Rows);
    }

    [Fact]
    public void Render_OfSyntheticDigits_IsNotConclusive()
    {
        File.WriteAllText(folder.File("report.md"), "{{#if synthetic}}drawn{{/if}}{{#if conclusive}}real{{/if}}");

        Assert.Equal("drawn", Render(Samples.Content(Records, synthetic: true)));
    }

    [Fact]
    public void Constructor_WithoutAMainTemplate_SaysWhereItShouldBe() =>
        Assert.StartsWith(folder.File("report.md"), Assert.Throws<ReportException>(() => new ReportTemplate(folder.Path)).Message);

    [Theory]
    [InlineData("{{table \"s.table\"}} {{figure \"s.figure\"}} {{value \"s.seed\"}} {{summary}}")]
    [InlineData("{{#ran \"07-other\"}}{{table \"x.table\"}}{{/ran}}")]
    [InlineData("{{#has \"s.other\"}}{{table \"s.other\"}}{{/has}}")]
    [InlineData("{{#if seeds}}{{#each seeds}}{{table this}}{{/each}}{{/if}}{{table \"s.table.seeds\"}}", 2)]
    [InlineData("{{#each provenance.digests}}{{name}}{{/each}}{{provenance.commit}}")]
    [InlineData("{{table \"p.mnist.table\"}}")]
    public void Check_OfATemplateThatMayComeOut_IsSilent(string template, int seeds = 1) => Check(template, new RunSettings(Seeds: seeds));

    [Theory]
    [InlineData("{{table \"s.tabel\"}}", "no notebook of this run records 's.tabel', which {{table}} asks for; near names are s.table")]
    [InlineData("{{#within \"s.tabel\" \"Difference\" \"1\"}}{{/within}}", "records 's.tabel'")]
    [InlineData("{{#within \"s.table\" \"Difference\" \"1\"}}{{else}}{{value \"s.sed\"}}{{/within}}", "near names are s.seed")]
    [InlineData("{{#if synthetic}}{{value \"s.sed\"}}{{/if}}", "near names are s.seed")]
    [InlineData("{{#if conclusive}}{{value \"s.sed\"}}{{/if}}", "near names are s.seed")]
    [InlineData("{{#ran \"01-sample\"}}{{value \"s.sed\"}}{{/ran}}", "near names are s.seed")]
    [InlineData("{{table \"s.table.seeds\"}}", "records 's.table.seeds'")]
    [InlineData("{{table \"p.mnist.tabl\"}}", "records 'p.mnist.tabl'")]
    [InlineData("{{tabel \"s.table\"}}", "near names are table")]
    [InlineData("{{#if quick}}", "if")]
    public void Check_OfATemplateThatCannotComeOut_SaysSoBeforeAnythingRuns(string template, string expected)
    {
        var e = Assert.Throws<ReportException>(() => Check(template, new RunSettings()));

        Assert.StartsWith(folder.Path, e.Message);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void ProjectTemplates_AskOnlyForWhatTheNotebooksRecord()
    {
        var repository = new Repository(Repository.Above(AppContext.BaseDirectory)!);
        var notebooks = NotebookFile.All(repository);

        Assert.DoesNotContain("*", notebooks.SelectMany(notebook => notebook.RecordNames));
        new ReportTemplate(repository.Templates).Check(notebooks, new RunSettings());
        foreach (var notebook in notebooks)
            new ReportTemplate(repository.Templates).Check([notebook], new RunSettings(Quick: true));
    }

    private void Check(string template, RunSettings settings)
    {
        using var checkout = new SampleCheckout();
        checkout.AddSample("foreach (var key in new[] { \"mnist\" }) Results.Record($\"p.{key}.table\", 1.0);");
        File.WriteAllText(folder.File("report.md"), template);
        new ReportTemplate(folder.Path).Check(NotebookFile.All(checkout.Repository), settings);
    }

    private string Render(string template)
    {
        File.WriteAllText(folder.File("report.md"), template);
        return Render(Samples.Content(Records));
    }

    private string Render(ReportContent content) =>
        new ReportTemplate(folder.Path).Render(content, (name, _) => $"[table {name}]", (name, _) => $"[figure {name}]");
}
