using System.Text.RegularExpressions;

namespace Fgsm.Report.Tests;

public class ReportWriterTests : IDisposable
{
    private const string Hostile = "<script>alert(1)</script> <!-- result 0 --> ![x](http://evil.example/y.png) $1 {{value}}";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Html_WithHostileResults_HasNoMarkupOfTheirs()
    {
        var html = await Write(
            "# Title <of> a page\n\n{{table \"b.table\"}}\n\n{{figure \"b.figure\"}}\n\nText: {{value \"b.text\"}}\n",
            new("b.table", new ResultTable(Hostile) { Note = Hostile }.Text(Hostile).Add(Hostile)),
            new("b.figure", new LineChart(Hostile, Hostile, Hostile).Add(Hostile, [0], [1])),
            new("b.text", Hostile));

        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("<img", html);
        Assert.Single(Regex.Matches(html, "<table>"));
        Assert.Single(Regex.Matches(html, "<figure>"));
        Assert.Contains("<title>Title &lt;of&gt; a page</title>", html);
    }

    [Theory]
    [InlineData("<script>alert(1)</script> <!-- x --> | a_b_ *c* `d` [e](http://f) ![g](h) &amp; ~~i~~ $x$ \\ end")]
    [InlineData("# heading")]
    [InlineData("- item")]
    [InlineData("1. item")]
    [InlineData("  + item")]
    [InlineData("===")]
    [InlineData("> quote")]
    public void Markdown_OfAnyText_ShowsExactlyThisText(string text)
    {
        var html = Markdig.Markdown.ToHtml(TableMarkdown.Escape(text), new Markdig.MarkdownPipelineBuilder().Build());

        Assert.Equal($"<p>{text.Trim()}</p>", System.Net.WebUtility.HtmlDecode(html).Trim());
        Assert.Equal(2, html.Count(c => c == '<'));
    }

    [Fact]
    public async Task Html_AsksForNothingFromOutside()
    {
        var html = await Write(
            "# T\n\n{{table \"b.table\"}}\n\n{{figure \"b.figure\"}}\n",
            new("b.table", new ResultTable("t").Text("a").Add("x")),
            new("b.figure", new ImageGrid("f").AddRow(null, new GridImage(new Picture([0], 1, 1, 1)))));

        // The script itself is watched in a browser.
        var page = html[..html.IndexOf("</main>", StringComparison.Ordinal)];
        Assert.DoesNotMatch(@"(src|href)\s*=\s*""(?!data:)", page);
        Assert.DoesNotContain("url(", page);
        Assert.DoesNotContain("@import", page);
    }

    [Fact]
    public async Task Pdf_WithoutABrowser_IsNamedInOneLine_AndTheOthersAreWritten()
    {
        File.WriteAllText(folder.File("report.md"), "# T\n");
        var log = new StringWriter();

        await new ReportWriter(new ReportTemplate(folder.Path), Samples.Content(Samples.Records()), log, browser: null).WriteAsync(folder.File("out"), Enum.GetValues<ReportFormat>(), default);

        Assert.StartsWith("Not written: pdf, because no Chromium", log.ToString());
        Assert.Single(log.ToString().TrimEnd().Split('\n'));
        Assert.Equal(["report.docx", "report.html", "report.json", "report.md", "report.tex", "values.json"], Directory.GetFiles(folder.File("out")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task ResultInsideALine_IsAnErrorThatNamesIt()
    {
        var e = await Assert.ThrowsAsync<ReportException>(() => Write("See {{table \"b.table\"}} here.", new ResultRecord("b.table", new ResultTable("t").Text("a"))));

        Assert.Contains("'b.table' is a table or a figure and must stand on a line of its own", e.Message);
    }

    [BrowserFact]
    public async Task EveryFormat_WithABrowser_IsWritten()
    {
        File.WriteAllText(folder.File("report.md"), "# T\n\n{{figure \"b.figure\"}}\n");
        var records = Samples.Records(new ResultRecord("b.figure", new LineChart("f", "x", "y").Add("line", [0, 1], [0, 1])));

        await new ReportWriter(new ReportTemplate(folder.Path), Samples.Content(records), TextWriter.Null, PdfPrinter.FindBrowser()).WriteAsync(folder.File("out"), Enum.GetValues<ReportFormat>(), default);

        Assert.Equal("%PDF", Start("report.pdf"));
        Assert.Equal("%PDF", Start("figures/b.figure.pdf"));
        Assert.Equal("\u0089PNG", Start("figures/b.figure.png"));
        Assert.Equal("PK\u0003\u0004", Start("report.docx"));
        Assert.Contains("\\fitfigure{figures/b.figure.pdf}", File.ReadAllText(folder.File("out/report.tex")));
        Assert.Equal(["report.docx", "report.html", "report.json", "report.md", "report.pdf", "report.tex", "values.json"], Directory.GetFiles(folder.File("out")).Select(Path.GetFileName).Order());

        string Start(string name) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder.File("out/" + name))[..4]);
    }

    [Fact]
    public async Task Html_PutsTheFigureItself_AndMarkdownAReferenceToItsFile()
    {
        var figure = new LineChart("f", "x", "y").Add("line", [0, 1], [0, 1]);
        var html = await Write("{{figure \"b.figure\"}}", new ResultRecord("b.figure", figure));

        Assert.Contains("<div id=\"b.figure\">\n<figure>\n<figcaption>Figure 1: f</figcaption>\n<div class=\"static\">\n" + figure.ToSvg(titled: false), html);
        Assert.Equal("<a id=\"b.figure\"></a>\n\n![f](figures/b.figure.svg)\n\n**Figure 1: f**", File.ReadAllText(folder.File("out/report.md")).Trim());
        Assert.Equal(figure.ToSvg(), File.ReadAllText(folder.File("out/figures/b.figure.svg")));
    }

    [Fact]
    public async Task ProjectTemplates_OfTheProvenance_ShowEveryDigest()
    {
        var table = new ResultTable("t").Text("a").Add("x");
        foreach (var template in new[] { "provenance.md", "run.md" })
            File.Copy(Path.Combine(new Repository(Checkout.Above(AppContext.BaseDirectory)!).Templates, template), folder.File(template));
        await Write("{{> provenance}}", new ResultRecord("b.table", table));

        var markdown = File.ReadAllText(folder.File("out/report.md"));

        Assert.Contains($"| b.table | `{table.Digest()}` |", markdown);
        Assert.Contains("- Data: MNIST\n", markdown);
    }

    private async Task<string> Write(string template, params ResultRecord[] records)
    {
        File.WriteAllText(folder.File("report.md"), template);
        await new ReportWriter(new ReportTemplate(folder.Path), Samples.Content(Samples.Records(records)), TextWriter.Null, browser: null).WriteAsync(folder.File("out"), [ReportFormat.Md, ReportFormat.Html], default);
        return File.ReadAllText(folder.File("out/report.html"));
    }
}
