using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Fgsm.Report.Tests;

public sealed class WordDocumentTests : IDisposable
{
    // One white pixel.
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Word_OfEveryKindOfText_IsValid()
    {
        using var word = Write();

        var errors = new DocumentFormat.OpenXml.Validation.OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2016).Validate(word);

        Assert.Empty(errors.Select(error => $"{error.Path?.XPath}: {error.Description}"));
    }

    [Fact]
    public void Word_HasRealHeadingsCaptionsTablesAndPictures()
    {
        using var word = Write();
        var body = word.MainDocumentPart!.Document.Body!;

        Assert.Equal(["Title", "Heading1"], Styles(body).Where(style => style is "Title" or "Heading1"));
        Assert.Equal(6, Styles(body).Count(style => style == "Caption"));
        Assert.Equal(5, body.Descendants<DocumentFormat.OpenXml.Drawing.Blip>().Count());
        Assert.Equal(2, body.Elements<Table>().Count());
        Assert.Contains(body.Descendants<TableCell>(), cell => cell.InnerText == "98.25");
        Assert.Equal(["SEQ Figure", "SEQ Table"], body.Descendants<SimpleField>().Select(field => field.Instruction!.Value!.Split('\\')[0].Trim()).Distinct().Order());
    }

    [Fact]
    public void Word_OfHostileText_ShowsExactlyThisText_AndLinksNowhere()
    {
        using var word = Write();
        var main = word.MainDocumentPart!;

        // XML has no form for these two.
        var shown = SampleDocument.Hostile.Replace('\u0001', '\ufffd').Replace('\ud800', '\ufffd');
        Assert.Contains(main.Document.Body!.Descendants<TableCell>(), cell => cell.InnerText == shown);
        Assert.Equal(["https://example.org/a_b?c=1&d=2#e"], main.HyperlinkRelationships.Select(link => link.Uri.OriginalString).Distinct());
        Assert.Empty(main.ExternalRelationships);
    }

    [Fact]
    public void Word_LinksInsideTheText_LeadToBookmarksThatAreThere()
    {
        using var word = Write();
        var body = word.MainDocumentPart!.Document.Body!;
        var bookmarks = body.Descendants<BookmarkStart>().Select(bookmark => bookmark.Name!.Value).ToArray();

        var links = body.Descendants<Hyperlink>().Where(link => link.Anchor is not null).ToArray();

        Assert.Contains("Figure 1", links.Select(link => link.InnerText));
        Assert.Contains("[2]", links.Select(link => link.InnerText));
        Assert.All(links, link => Assert.Contains(link.Anchor!.Value, bookmarks));
        Assert.Equal(bookmarks.Length, bookmarks.Distinct().Count());
        Assert.Contains(body.Descendants<FieldCode>(), field => field.Text.Contains("TOC"));
    }

    private static IEnumerable<string?> Styles(Body body) => body.Elements<Paragraph>().Select(p => p.ParagraphProperties?.ParagraphStyleId?.Val?.Value);

    /// <summary>A cell is one text in every format: -0.001 with two decimals is no number below 0.</summary>
    [Fact]
    public void Word_OfANumberThatRoundsToZero_ShowsNoMinus()
    {
        using var word = Write(new ResultTable("t").Number("x", format: "0.00").Add(-0.001));

        Assert.Contains(word.MainDocumentPart!.Document.Body!.Descendants<TableCell>(), cell => cell.InnerText == "0.00");
    }

    /// <summary>Letters are half as wide as high in the mean, and a twip is a twentieth of a point.</summary>
    [Fact]
    public void Word_ATablesColumns_HoldTheirLongestWords_AndBreakTheirLinesBetweenAll()
    {
        using var word = Write(new ResultTable("t").Text("What").Text("Published").Text("Verdict")
            .Add($"{string.Join(' ', Enumerable.Repeat("accuracy", 40))}", "98.71\u00A0to\u00A099.18", "–\u00A0not\u00A0comparable"));
        var table = Assert.Single(word.MainDocumentPart!.Document.Body!.Elements<Table>());
        var size = int.Parse(table.Descendants<FontSize>().First().Val!.Value!) / 2.0;

        var widths = table.Descendants<GridColumn>().Select(column => int.Parse(column.Width!.Value!));

        string[] longest = ["accuracy", "Published", "comparable"];
        Assert.All(longest.Zip(widths), column => Assert.True(column.Second >= 20 * 0.5 * size * column.First.Length, column.First));
        Assert.DoesNotContain('\u00A0', table.InnerText);
    }

    private WordprocessingDocument Write(ResultTable table)
    {
        File.WriteAllText(folder.File("report.md"), "# Title\n\n{{table \"b.table\"}}\n");
        var content = Samples.Content(Samples.Records(new ResultRecord("b.table", table)));
        return Write(new ReportDocument(new ReportTemplate(folder.Path), content));
    }

    private WordprocessingDocument Write() => Write(SampleDocument.Create(folder));

    private WordprocessingDocument Write(ReportDocument document)
    {
        WordDocument.Write(document, document.Figures.ToDictionary(figure => figure.Name, _ => Png), folder.File("report.docx"));
        return WordprocessingDocument.Open(folder.File("report.docx"), isEditable: false);
    }
}
