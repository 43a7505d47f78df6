using System.Text;

namespace Fgsm.Report;

/// <summary>Writes a report's files into a folder: the records, and the text in each form asked for.</summary>
/// <param name="template">The prose.</param>
/// <param name="content">The results.</param>
/// <param name="output">Takes a line about what cannot be written on this machine.</param>
/// <param name="browser">The browser that draws what needs one; null when there is none.</param>
internal sealed class ReportWriter(ReportTemplate template, ReportContent content, TextWriter output, string? browser)
{
    private static readonly ReportFormat[] NeedABrowser = [ReportFormat.Latex, ReportFormat.Pdf, ReportFormat.Docx];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <exception cref="ReportException">The template is wrong, or the browser does not work.</exception>
    public async Task WriteAsync(string folder, IReadOnlyCollection<ReportFormat> formats, CancellationToken cancellation)
    {
        var document = new ReportDocument(template, content);
        RecordFolder.Write(folder, content);
        if (formats.Contains(ReportFormat.Md))
            WriteFile("report.md", document.ToMarkdown());
        if (formats.Contains(ReportFormat.Html))
            WriteFile("report.html", HtmlPage.Write(document));

        ReportFormat[] drawn = [.. formats.Intersect(NeedABrowser)];
        if (drawn.Length == 0)
            return;
        if (browser is null)
        {
            output.WriteLine($"Not written: {string.Join(", ", drawn).ToLowerInvariant()} and the figures as PNG, because {Browser.Missing}.");
            return;
        }
        await using var running = await Browser.StartAsync(browser, cancellation);
        using var pictures = new FigurePictures(running);
        foreach (var (name, figure) in content.Records.Of<Figure>())
            await WriteBytesAsync($"figures/{name}.png", await pictures.PngAsync(figure, titled: true, cancellation));

        if (drawn.Contains(ReportFormat.Latex))
        {
            WriteFile("report.tex", LatexDocument.Write(document));
            foreach (var (name, figure) in document.Figures)
                await WriteBytesAsync($"figures/{name}.pdf", await pictures.PdfAsync(figure, cancellation));
        }
        if (drawn.Contains(ReportFormat.Docx))
        {
            var inText = new Dictionary<string, byte[]>();
            foreach (var (name, figure) in document.Figures)
                inText[name] = await pictures.PngAsync(figure, titled: false, cancellation);
            WordDocument.Write(document, inText, Path.Combine(folder, "report.docx"));
        }
        if (drawn.Contains(ReportFormat.Pdf))
        {
            var page = Path.Combine(folder, "report.pdf.html");
            File.WriteAllText(page, HtmlPage.Write(document), Utf8);
            await WriteBytesAsync("report.pdf", await running.PrintAsync(page, ownSize: false, cancellation));
            File.Delete(page);
        }

        void WriteFile(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text, Utf8);

        Task WriteBytesAsync(string name, byte[] bytes) => File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, cancellation);
    }
}
