using System.Text;

namespace Fgsm.Report.Writing;

/// <summary>Writes a report's files into a folder: the records, and the text in each form asked for.</summary>
/// <param name="template">The prose.</param>
/// <param name="content">The results.</param>
/// <param name="output">Takes a line about what cannot be written on this machine.</param>
/// <param name="browser">The browser that prints PDF; null when there is none.</param>
internal sealed class ReportWriter(ReportTemplate template, ReportContent content, TextWriter output, string? browser)
{
    private static readonly ReportFormat[] NeedPictures = [ReportFormat.Latex, ReportFormat.Docx, ReportFormat.ReScience];

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
        if (formats.Intersect(NeedPictures).ToArray() is { Length: > 0 } drawn)
        {
            if (FigurePictures.Missing is { } missing)
                NotWritten($"{Names(drawn)} and the figures as PNG", missing);
            else
                WriteDrawn(drawn);
        }
        if (formats.Contains(ReportFormat.Pdf))
        {
            if (browser is null)
                NotWritten(Names([ReportFormat.Pdf]), PdfPrinter.Missing);
            else
                await WritePdf(browser);
        }

        void WriteDrawn(ReportFormat[] drawn)
        {
            foreach (var (name, figure) in content.Records.Of<Figure>())
                WriteBytes($"figures/{name}.png", FigurePictures.Png(figure, titled: true));
            if (drawn.Contains(ReportFormat.Latex))
            {
                WriteFile("report.tex", LatexDocument.Write(document));
                foreach (var (name, figure) in document.Figures)
                    WriteBytes($"figures/{name}.pdf", FigurePictures.Pdf(figure));
            }
            if (drawn.Contains(ReportFormat.ReScience))
                ReScienceArticle.Write(template, document, template.Compare(content.Records).MostHold, folder);
            if (drawn.Contains(ReportFormat.Docx))
            {
                var inText = document.Figures.ToDictionary(figure => figure.Name, figure => FigurePictures.Png(figure.Figure, titled: false));
                WordDocument.Write(document, inText, Path.Combine(folder, "report.docx"));
            }
        }

        async Task WritePdf(string browser)
        {
            var page = Path.Combine(folder, "report.pdf.html");
            File.WriteAllText(page, HtmlPage.Write(document), Utf8);
            WriteBytes("report.pdf", await PdfPrinter.PrintAsync(browser, page, cancellation));
            File.Delete(page);
        }

        void NotWritten(string what, string why) => output.WriteLine($"Not written: {what}, because {why}.");

        void WriteFile(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text, Utf8);

        void WriteBytes(string name, byte[] bytes)
        {
            cancellation.ThrowIfCancellationRequested();
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    private static string Names(IEnumerable<ReportFormat> formats) => string.Join(", ", formats).ToLowerInvariant();
}
