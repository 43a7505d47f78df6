namespace Fgsm.Report.Tests;

public sealed class ReportDocumentTests : IDisposable
{
    private static readonly RecordSet Records = Samples.Records(
        new("b.table", new ResultTable("t").Text("a").Add("x")),
        new("b.other", new ResultTable("o").Text("a").Add("x")),
        new("b.figure", new LineChart("f", "x", "y")));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TablesAndFigures_AreNumberedInTheOrderOfTheText_AndReferencesFollow()
    {
        var markdown = Write("See {{ref \"b.table\"}} and {{ref \"b.figure\"}}.\n\n{{table \"b.other\"}}\n\n{{figure \"b.figure\"}}\n\n{{table \"b.table\"}}\n\n{{table \"b.other\"}}\n").ToMarkdown();

        Assert.StartsWith("See [Table 2](#b.table) and [Figure 1](#b.figure).", markdown);
        Assert.Equal(["**Table 1: o**", "**Figure 1: f**", "**Table 2: t**", "**Table 3: o**"], markdown.Split('\n').Where(line => line.StartsWith("**", StringComparison.Ordinal)));
        Assert.Equal(3, markdown.Split("<a id=").Length - 1);
    }

    [Fact]
    public void AReference_ToWhatTheTextDoesNotShow_IsAnErrorThatNamesIt() =>
        Assert.Contains("{{ref}} names 'b.table', which is no table or figure of the text", Assert.Throws<ReportException>(() => Write("{{ref \"b.table\"}}")).Message);

    [Fact]
    public void Contents_ListTheChaptersBehindThem_ByTheNamesOfTheirHeadings()
    {
        var document = Write("# T\n\n## Before\n\n{{contents}}\n\n## One & `two`\n\n### Below\n\n## One & `two`\n");

        Assert.Equal([("One & two", "one--two"), ("One & two", "one--two-1")], document.Chapters);
        Assert.Contains("- [One \\& two](#one--two)\n- [One \\& two](#one--two-1)\n", document.ToMarkdown());
        var html = HtmlPage.Write(document);
        Assert.Contains("<li><a href=\"#one--two-1\">One &amp; two</a></li>", html);
        Assert.Contains("<h2 id=\"one--two-1\">", html);
    }

    [Fact]
    public void Citations_LeadToTheirSources()
    {
        folder.Write("bibliography.bib", "@misc{a,\n title = {A <b>},\n url = {https://example.org/?x=1&y=2}\n}\n@misc{b,\n title = {B}\n}\n");
        var document = Write("So {{cite \"b\" \"a\"}}.\n\n{{bibliography}}\n");

        Assert.Equal("So [\\[2\\]](#ref-b), [\\[1\\]](#ref-a).\n\n1. <a id=\"ref-a\"></a>\"A \\<b\\>\". <https://example.org/?x=1&y=2>\n2. <a id=\"ref-b\"></a>\"B\".\n", document.ToMarkdown());
        var html = HtmlPage.Write(document);
        Assert.Contains("So <a href=\"#ref-b\">[2]</a>, <a href=\"#ref-a\">[1]</a>.", html);
        Assert.Contains("<li id=\"ref-a\">&quot;A &lt;b&gt;&quot;. <a href=\"https://example.org/?x=1&amp;y=2\">", html);
    }

    private ReportDocument Write(string template)
    {
        folder.Write("report.md", template);
        return new ReportDocument(new ReportTemplate(folder.Path), Samples.Content(Records));
    }
}
