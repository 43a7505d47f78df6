using System.Text;
using Fgsm.Reporting;

namespace Fgsm.Report;

/// <summary>Writes a report's files into a folder.</summary>
internal sealed class ReportWriter(ReportTemplate template, ReportContent content)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public void Write(string folder)
    {
        foreach (var (name, table) in content.Records.Of<ResultTable>())
        {
            WriteFile(folder, "tables", $"{name}.csv", table.ToCsv());
            WriteFile(folder, "tables", $"{name}.json", table.ToJson() + "\n");
        }
        foreach (var (name, figure) in content.Records.Of<Figure>())
            WriteFile(folder, "figures", $"{name}.svg", figure.ToSvg());
        WriteFile(folder, "", "report.json", content.Provenance.ToJson());
        WriteFile(folder, "", "report.md", Markdown());
        WriteFile(folder, "", "report.html", Html());
    }

    /// <summary>For reading on a code host: tables as Markdown, figures as files.</summary>
    private string Markdown() => template.Render(
        content,
        (_, table) => table.ToMarkdown().TrimEnd('\n'),
        (name, figure) => $"![{TableMarkdown.Escape(figure.Title)}](figures/{name}.svg)");

    /// <summary>One file that needs nothing else: tables as HTML, figures inside.</summary>
    private string Html()
    {
        // Markdig sees comments where results go: no blank line of an SVG ends a block, and no text of a result is taken for markup.
        var parts = new Dictionary<string, string>();
        var markdown = template.Render(
            content,
            (_, table) => Placeholder(table.ToHtml()),
            (_, figure) => Placeholder($"<figure>\n{figure.ToSvg()}</figure>\n"));
        return HtmlPage.Write(markdown, parts);

        string Placeholder(string html)
        {
            var mark = $"<!-- result {parts.Count} -->";
            parts.Add(mark, html);
            return mark;
        }
    }

    private static void WriteFile(string folder, string inside, string name, string text)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, inside)).FullName;
        File.WriteAllText(Path.Combine(target, name), text, Utf8);
    }
}
