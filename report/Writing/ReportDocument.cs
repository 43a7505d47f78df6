using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Fgsm.Report.Writing;

/// <summary>A result at its place in the text.</summary>
/// <param name="Name">The name of its record.</param>
/// <param name="Value">A <see cref="ResultTable"/> or a <see cref="Figure"/>.</param>
internal sealed record PlacedResult(string Name, object Value);

/// <summary>
/// The template with its results, the one source of every format: Markdown, parsed once. Tables and figures stand in it as HTML
/// comments, so that no text of a result is ever taken for markup; each format puts its own form of them in.
/// </summary>
internal sealed partial class ReportDocument
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private readonly string source;
    private readonly Dictionary<string, PlacedResult> results = [];

    /// <exception cref="ReportException">The template is wrong.</exception>
    public ReportDocument(ReportTemplate template, ReportContent content)
    {
        source = template.Render(content, Place, Place).ReplaceLineEndings("\n");
        Syntax = Markdown.Parse(source, Pipeline);
        Title = Syntax.Descendants<HeadingBlock>().FirstOrDefault() is { Inline: { } inline } ? Text(inline) : "Report";

        var placed = Syntax.Descendants<HtmlBlock>().Select(ResultAt).OfType<PlacedResult>().ToHashSet(ReferenceEqualityComparer.Instance);
        if (results.Values.FirstOrDefault(result => !placed.Contains(result)) is { } lost)
            throw new ReportException($"{template.Path}: '{lost.Name}' is a table or a figure and must stand on a line of its own.");
    }

    public MarkdownDocument Syntax { get; }

    /// <summary>The text of the first heading.</summary>
    public string Title { get; }

    /// <summary>The result that stands at this comment; null for any other piece of HTML.</summary>
    public PlacedResult? ResultAt(HtmlBlock block) => results.GetValueOrDefault(block.Lines.ToString().Trim());

    /// <summary>The figures that the text shows, each once.</summary>
    public IEnumerable<(string Name, Figure Figure)> Figures => results.Values.Where(result => result.Value is Figure).Select(result => (result.Name, (Figure)result.Value)).Distinct();

    /// <summary>For reading on a code host: tables as Markdown, figures as files.</summary>
    public string ToMarkdown() => Mark().Replace(source, match => results.GetValueOrDefault(match.Value) switch
    {
        { Value: ResultTable table } => table.ToMarkdown().TrimEnd('\n'),
        { Value: Figure figure, Name: var name } => $"![{TableMarkdown.Escape(figure.Title)}](figures/{name}.svg)",
        _ => match.Value,
    });

    /// <summary>Teaches a renderer of Markdig what the pipeline's extensions need.</summary>
    public static void Setup(IMarkdownRenderer renderer) => Pipeline.Setup(renderer);

    private static string Text(ContainerInline inline) => string.Concat(inline.Descendants().Select(part => part switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        HtmlInline html => html.Tag,
        LineBreakInline => " ",
        _ => "",
    }));

    private string Place(string name, object value)
    {
        var mark = $"<!-- result {results.Count} -->";
        results.Add(mark, new PlacedResult(name, value));
        return mark;
    }

    [GeneratedRegex("<!-- result [0-9]+ -->")]
    private static partial Regex Mark();
}
