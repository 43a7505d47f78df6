using System.Text;

namespace Fgsm.Report;

/// <summary>Writes a report's files into a folder: the records, and the text in each form asked for.</summary>
/// <param name="template">The prose.</param>
/// <param name="content">The results.</param>
/// <param name="output">Takes a line for each form that cannot be written on this machine.</param>
internal sealed class ReportWriter(ReportTemplate template, ReportContent content, TextWriter output)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <exception cref="ReportException">The template is wrong.</exception>
    public async Task WriteAsync(string folder, IReadOnlyCollection<ReportFormat> formats, CancellationToken cancellation)
    {
        var document = new ReportDocument(template, content);
        RecordFolder.Write(folder, content);
        if (formats.Contains(ReportFormat.Md))
            File.WriteAllText(Path.Combine(folder, "report.md"), document.ToMarkdown(), Utf8);
        if (formats.Contains(ReportFormat.Html))
            File.WriteAllText(Path.Combine(folder, "report.html"), HtmlPage.Write(document), Utf8);
        if (formats.Count == 0)
            await output.WriteLineAsync("No format asked for.".AsMemory(), cancellation);
    }
}
