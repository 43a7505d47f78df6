using System.Text;

namespace Fgsm.Report.Writing;

/// <summary>
/// The report as an article for ReScience C: what goes into a copy of the journal's template, https://github.com/rescience/template,
/// in the place of its own content.tex, metadata.yaml and bibliography.bib, with the figures beside them.
/// </summary>
internal static class ReScienceArticle
{
    /// <summary>The folder in the report's.</summary>
    public const string Folder = "rescience";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="template">The prose, with the form of the metadata.</param>
    /// <param name="document">The report.</param>
    /// <param name="holds">Whether most of what the reports claim holds: else the title begins with "[¬Re]".</param>
    /// <param name="folder">The report's folder.</param>
    public static void Write(ReportTemplate template, ReportDocument document, bool holds, string folder)
    {
        var article = Directory.CreateDirectory(Path.Combine(folder, Folder, "figures")).Parent!.FullName;
        File.WriteAllText(Path.Combine(article, "content.tex"), LatexDocument.WriteContent(document), Utf8);
        File.WriteAllText(Path.Combine(article, "bibliography.bib"), document.Bibliography.BibTex, Utf8);
        foreach (var (name, figure) in document.Figures)
            File.WriteAllBytes(Path.Combine(article, "figures", $"{name}.pdf"), FigurePictures.Pdf(figure));
        if (template.Metadata is { } form)
        {
            var title = $"[{(holds ? "" : "¬")}Re] {document.Title}";
            // The journal's program puts both into LaTeX as they are, but for &, which it escapes itself.
            var metadata = form.Replace("{{title}}", Quoted(TableLatex.Escape(title))).Replace("{{abstract}}", Quoted(LatexDocument.Abstract(document).Replace("\\&", "&")));
            File.WriteAllText(Path.Combine(article, "metadata.yaml"), metadata, Utf8);
        }
    }

    // YAML's double quotes know \ and " as escapes, and no line ends.
    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").ReplaceLineEndings(" ")}\"";
}
