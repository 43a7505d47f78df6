using System.Globalization;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Fgsm.Report.Writing;

/// <summary>What stands at a place of its own in the text.</summary>
/// <param name="Name">The name of its record, or of what the program makes: "contents".</param>
/// <param name="Value">A <see cref="ResultTable"/>, a <see cref="Figure"/>, the <see cref="Bibliography"/>, or the <see cref="Contents"/>.</param>
/// <param name="Number">Which table or figure of the text it is, from 1; 0 for others.</param>
/// <param name="IsFirst">Whether the text has not shown it before: references lead to the first place.</param>
internal sealed record PlacedResult(string Name, object Value, int Number = 0, bool IsFirst = true)
{
    /// <summary>"Table 2", "Figure 3".</summary>
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{(Value is Figure ? "Figure" : "Table")} {Number}");

    /// <summary>The title behind its number.</summary>
    public string Caption => $"{Label}: {(Value as Figure)?.Title ?? (Value as ResultTable)?.Title}";
}

/// <summary>The place of the table of contents.</summary>
internal sealed record Contents;

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
        Bibliography = template.Bibliography;
        source = template.Render(content, Place).ReplaceLineEndings("\n");
        Number();
        source = Reference().Replace(source, reference => Find(reference.Groups[1].Value) is { } result
            ? $"[{result.Label}](#{result.Name})"
            : throw new ReportException($"{template.Path}: {{{{ref}}}} names '{reference.Groups[1].Value}', which is no table or figure of the text."));
        Syntax = Markdown.Parse(source, Pipeline);
        Title = Syntax.Descendants<HeadingBlock>().FirstOrDefault() is { Inline: { } inline } ? Text(inline) : "Report";

        var placed = Syntax.Descendants<HtmlBlock>().Select(ResultAt).OfType<PlacedResult>().ToHashSet(ReferenceEqualityComparer.Instance);
        if (results.Values.FirstOrDefault(result => !placed.Contains(result)) is { } lost)
            throw new ReportException($"{template.Path}: '{lost.Name}' is a table or a figure and must stand on a line of its own.");
    }

    public MarkdownDocument Syntax { get; }

    /// <summary>The text of the first heading.</summary>
    public string Title { get; }

    public Bibliography Bibliography { get; }

    /// <summary>The chapters behind the table of contents: the text of each heading, and its name for links.</summary>
    public IEnumerable<(string Text, string Id)> Chapters => Syntax
        .SkipWhile(block => block is not HtmlBlock html || ResultAt(html) is not { Value: Contents })
        .OfType<HeadingBlock>()
        .Where(heading => heading is { Level: 2, Inline: not null })
        .Select(heading => (Text(heading.Inline!), heading.GetAttributes().Id ?? ""));

    /// <summary>The result that stands at this comment; null for any other piece of HTML.</summary>
    public PlacedResult? ResultAt(HtmlBlock block) => results.GetValueOrDefault(block.Lines.ToString().Trim());

    /// <summary>The table or figure of this name, at its first place; null when the text shows none.</summary>
    public PlacedResult? Find(string name) => results.Values.FirstOrDefault(result => result.Name == name && result.Number > 0);

    /// <summary>The figures that the text shows, each once.</summary>
    public IEnumerable<(string Name, Figure Figure)> Figures => results.Values.Where(result => result.Value is Figure).Select(result => (result.Name, (Figure)result.Value)).Distinct();

    /// <summary>For reading on a code host: tables as Markdown, figures as files.</summary>
    public string ToMarkdown() => Mark().Replace(source, match => results.GetValueOrDefault(match.Value) switch
    {
        { Value: ResultTable table } result => Anchor(result) + table.Titled(result.Caption).ToMarkdown().TrimEnd('\n'),
        { Value: Figure figure } result =>
            $"{Anchor(result)}![{TableMarkdown.Escape(figure.Title)}](figures/{result.Name}.svg)\n\n**{TableMarkdown.Escape(result.Caption)}**",
        { Value: Contents } => string.Join("\n", Chapters.Select(chapter => $"- [{TableMarkdown.Escape(chapter.Text)}](#{chapter.Id})")),
        { Value: Bibliography bibliography } => string.Join("\n", bibliography.Sources.Select((source, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{i + 1}. <a id=\"ref-{source.Key}\"></a>{TableMarkdown.Escape(source.Text)}.{(source.Url is { } url ? $" <{url}>" : "")}"))),
        _ => match.Value,
    });

    /// <summary>Teaches a renderer of Markdig what the pipeline's extensions need.</summary>
    public static void Setup(IMarkdownRenderer renderer) => Pipeline.Setup(renderer);

    private static string Anchor(PlacedResult result) => result.IsFirst ? $"<a id=\"{result.Name}\"></a>\n\n" : "";

    /// <summary>What a reader sees of it, without marks.</summary>
    internal static string Text(ContainerInline inline) => string.Concat(inline.Descendants().Select(part => part switch
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

    // In the order of the text, which is not that of its making where a template includes parts.
    private void Number()
    {
        var (tables, figures) = (0, 0);
        HashSet<string> seen = [];
        foreach (var mark in Mark().Matches(source).Select(match => match.Value).Where(results.ContainsKey).Distinct())
        {
            var result = results[mark];
            var number = result.Value switch { ResultTable => ++tables, Figure => ++figures, _ => 0 };
            results[mark] = result with { Number = number, IsFirst = seen.Add(result.Name) };
        }
    }

    [GeneratedRegex("<!-- result [0-9]+ -->")]
    private static partial Regex Mark();

    [GeneratedRegex("<!-- ref ([a-z0-9_.]+) -->")]
    private static partial Regex Reference();
}
