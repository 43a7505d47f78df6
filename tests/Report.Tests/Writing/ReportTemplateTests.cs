namespace Fgsm.Report.Tests;

public class ReportTemplateTests : IDisposable
{
    private static readonly RecordSet Records = Samples.Records(
        new("b.table", new ResultTable("t").Text("eps").Compared().Add("2", 98.5, 98.25).Add("4", 98, 98.125).Add("8", null, 90)),
        new("b.figure", new LineChart("f", "x", "y")),
        new("b.number", 98.765),
        new("b.text", "a | <b> *c*"));

    private static readonly Repository Project = new(Checkout.Above(AppContext.BaseDirectory)!);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{{table \"b.table\"}}", "[ResultTable b.table]")]
    [InlineData("{{figure \"b.figure\"}}", "[LineChart b.figure]")]
    [InlineData("{{value \"b.number\" \"0.0\"}} %", "98.8 %")]
    [InlineData("{{value \"b.number\"}}", "98.765")]
    [InlineData("{{value \"b.text\"}}", "a \\| \\<b\\> \\*c\\*")]
    [InlineData("{{cell \"b.table\" \"2\" \"Ours\" \"0.000\"}}", "98.250")]
    [InlineData("{{cell \"b.table\" \"8\" \"Published\" \"0.0\"}} {{cell \"b.table\" \"16\" \"Ours\"}}", "– –")]
    [InlineData("{{published \"b.robust\" \"robust_baseline\" \"eps\" \"8/255\"}}", "96.95")]
    [InlineData("{{published \"c.accuracy\" \"claim\" \"network\" \"retrained\"}}", "about 95 %")]
    [InlineData("{{ref \"b.figure\"}}", "<!-- ref b.figure -->")]
    [InlineData("{{contents}}", "[Contents contents]")]
    [InlineData("{{bibliography}}", "[Bibliography bibliography]")]
    [InlineData("{{comparisons \"none here\"}}", "")]
    [InlineData("{{tally \"b\"}}", "no published number can be compared")]
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
    [InlineData("{{cell \"b.table\" \"2\" \"Our\"}}", "has no column 'Our'; it has 'eps', 'Published', 'Ours', 'Difference'")]
    [InlineData("{{published \"b.robust\" \"robust_baseline\" \"eps\" \"16/255\"}}", "the report says nothing of robust_baseline eps 16/255")]
    [InlineData("{{published \"b.robst\" \"clean\"}}", "has no b.robst.csv")]
    [InlineData("{{cite \"nobody1999\"}}", "bibliography.bib has no source 'nobody1999'")]
    [InlineData("{{nonsense}}", "nonsense")]
    [InlineData("{{contens}}", "near names are contents")]
    [InlineData("{{tabel \"b.table\"}}", "{{tabel}} is nothing that a template knows; near names are table")]
    [InlineData("{{#hass \"b.table\"}}x{{/hass}}", "near names are has")]
    [InlineData("{{#if quik}}x{{/if}}", "quik")]
    [InlineData("{{> prt}}", "prt")]
    [InlineData("{{#if quick}}", "if")]
    public void Render_OfAWrongTemplate_SaysWhatIsWrong(string template, string expected)
    {
        var e = Assert.Throws<ReportException>(() => Render(template));

        Assert.StartsWith(folder.Path, e.Message);
        Assert.Contains(expected, e.Message);
    }

    /// <summary>Whoever leaves a data set or an eps out has no figure for it, and loses no report for that.</summary>
    [Theory]
    [InlineData("{{value \"b.missing\"}}")]
    [InlineData("{{table \"b.missing\"}}")]
    [InlineData("{{figure \"b.missing\"}}")]
    [InlineData("{{cell \"b.table\" \"2\" \"PGD-40\"}}")]
    public void Render_OfARunWithParametersOfItsOwn_ShowsADashForWhatItDidNotRecord(string template)
    {
        File.WriteAllText(folder.File("report.md"), template);
        var content = Samples.Content(Records);
        var settings = new RunSettings(Parameters: ["eps=[0.5]"]);

        var own = content with { Provenance = content.Provenance with { Settings = settings } };
        Assert.Equal("–", Render(own));
        Assert.Throws<ReportException>(() => Render(content));
        // A later run that keeps its chapter is not stopped by it either.
        new ReportTemplate(folder.Path, published: Project.Published).Check([], new RunSettings(), own);
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
    [InlineData("{{table \"s.table\"}} {{figure \"s.figure\"}} {{value \"s.seed\"}} {{comparisons \"t\"}} {{tally}} {{published \"b.robust\" \"clean\" \"eps\" \"0\"}}")]
    [InlineData("{{#ran \"07-other\"}}{{table \"x.table\"}}{{/ran}}")]
    [InlineData("{{#has \"s.other\"}}{{table \"s.other\"}}{{/has}}")]
    [InlineData("{{#if seeds}}{{#each seeds}}{{table this}}{{/each}}{{/if}}{{table \"s.table.seeds\"}}", 2)]
    [InlineData("{{#each provenance.digests}}{{name}}{{/each}}{{provenance.commit}}")]
    [InlineData("{{table \"p.mnist.table\"}}")]
    public void Check_OfATemplateThatMayComeOut_IsSilent(string template, int seeds = 1) => Check(template, new RunSettings(Seeds: seeds));

    [Theory]
    [InlineData("{{table \"s.tabel\"}}", "no notebook of this run records 's.tabel', which {{table}} asks for; near names are s.table")]
    [InlineData("{{cell \"s.tabel\" \"a\" \"Ours\"}}", "records 's.tabel'")]
    [InlineData("{{#has \"s.table\"}}{{else}}{{value \"s.sed\"}}{{/has}}", "near names are s.seed")]
    [InlineData("{{cite \"nobody1999\"}}", "bibliography.bib has no source 'nobody1999'")]
    [InlineData("{{published \"b.robust\" \"cleen\"}}", "no column cleen")]
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
        var repository = new Repository(Checkout.Above(AppContext.BaseDirectory)!);
        var notebooks = NotebookFile.All(repository);

        string[] names = [.. notebooks.SelectMany(notebook => notebook.RecordNames)];
        Assert.DoesNotContain("*", names);
        Assert.Empty(Claim.ReadAll(repository.Templates).SelectMany(claim => new[] { claim.Record, claim.Less }).Where(name => name.Length > 0).Except(names));
        new ReportTemplate(repository.Templates, published: repository.Published).Check(notebooks, new RunSettings());
        foreach (var notebook in notebooks)
            new ReportTemplate(repository.Templates, published: repository.Published).Check([notebook], new RunSettings(Quick: true));
    }

    private void Check(string template, RunSettings settings)
    {
        using var checkout = new SampleCheckout();
        checkout.AddSample("foreach (var key in new[] { \"mnist\" }) Results.Record($\"p.{key}.table\", 1.0);");
        File.WriteAllText(folder.File("report.md"), template);
        new ReportTemplate(folder.Path, published: Project.Published).Check(NotebookFile.All(checkout.Repository), settings);
    }

    private string Render(string template)
    {
        File.WriteAllText(folder.File("report.md"), template);
        return Render(Samples.Content(Records));
    }

    private string Render(ReportContent content) =>
        new ReportTemplate(folder.Path, published: Project.Published).Render(content, (name, value) => $"[{value.GetType().Name} {name}]");
}
