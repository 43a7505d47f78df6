using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Fgsm.Report.Writing;

/// <summary>The report as LaTeX, for pdfTeX, XeTeX and LuaTeX. HTML that a template brings of its own is left out.</summary>
internal sealed class LatexDocument
{
    // What TeX Live's small schemes have; a character that the fonts lack is shown as a box instead of stopping pdfTeX.
    private const string Preamble = """
        \documentclass[11pt,a4paper]{article}
        \usepackage{iftex}
        \ifPDFTeX
          \usepackage[T1]{fontenc}
          \usepackage[utf8]{inputenc}
          \usepackage{textcomp,lmodern}
          \makeatletter
          \def\UTFviii@undefined@err#1{\fbox{\phantom{x}}}
          \makeatother
          \DeclareUnicodeCharacter{2192}{\ensuremath{\rightarrow}}
          \DeclareUnicodeCharacter{2190}{\ensuremath{\leftarrow}}
          \DeclareUnicodeCharacter{2212}{\ensuremath{-}}
          \DeclareUnicodeCharacter{2248}{\ensuremath{\approx}}
          \DeclareUnicodeCharacter{2264}{\ensuremath{\leq}}
          \DeclareUnicodeCharacter{2265}{\ensuremath{\geq}}
          \DeclareUnicodeCharacter{221E}{\ensuremath{\infty}}
          \DeclareUnicodeCharacter{2207}{\ensuremath{\nabla}}
          \DeclareUnicodeCharacter{03B1}{\ensuremath{\alpha}}
          \DeclareUnicodeCharacter{03B4}{\ensuremath{\delta}}
          \DeclareUnicodeCharacter{03B5}{\ensuremath{\varepsilon}}
          \DeclareUnicodeCharacter{03BC}{\ensuremath{\mu}}
          \DeclareUnicodeCharacter{03C3}{\ensuremath{\sigma}}
        \else
          \usepackage{fontspec}
        \fi
        \usepackage[margin=24mm]{geometry}
        \usepackage{array,booktabs,longtable,float,graphicx,xcolor}
        \usepackage[hidelinks]{hyperref}
        \setlength{\parindent}{0pt}
        \setlength{\parskip}{0.6em}
        \emergencystretch=3em

        """;

    private const string FitFigure = """
        % Text in figures is as large as the text around them, unless the figure would not fit.
        \newsavebox\figurebox
        \newcommand\shrunkfigure[1]{\includegraphics[width=\linewidth,height=.85\textheight,keepaspectratio]{#1}}
        \newcommand\fitfigure[1]{\sbox\figurebox{\includegraphics[scale=.85]{#1}}%
          \ifdim\wd\figurebox>\linewidth\shrunkfigure{#1}\else\ifdim\ht\figurebox>.85\textheight\shrunkfigure{#1}\else\usebox\figurebox\fi\fi}

        """;

    // What ReScience C's class does not load itself; a text that it inputs cannot load packages.
    private const string Rules = """
        \providecommand\toprule{\hline\noalign{\vskip 3pt}}
        \providecommand\midrule{\noalign{\vskip 1pt}\hline\noalign{\vskip 3pt}}
        \providecommand\bottomrule{\noalign{\vskip 1pt}\hline}
        \providecommand\cmidrule{}
        \def\cmidrule(#1)#2{\cline{#2}}

        """;

    private readonly ReportDocument document;
    private readonly bool forReScience;
    private readonly StringBuilder latex = new();

    private LatexDocument(ReportDocument document, bool forReScience) => (this.document, this.forReScience) = (document, forReScience);

    /// <summary>The text; figures are taken from figures/NAME.pdf beside it.</summary>
    public static string Write(ReportDocument document)
    {
        var writer = new LatexDocument(document, forReScience: false);
        writer.latex.Append(Preamble).Append(FitFigure);
        writer.latex.Append($"\\title{{{TableLatex.Escape(document.Title)}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n");
        writer.Blocks(document.Syntax);
        return writer.latex.Append("\\end{document}\n").ToString();
    }

    /// <summary>
    /// The text between title and references, as ReScience C's article.tex inputs it; it cites with \supercite from bibliography.bib.
    /// </summary>
    public static string WriteContent(ReportDocument document)
    {
        var writer = new LatexDocument(document, forReScience: true);
        writer.latex.Append(Rules).Append(FitFigure);
        writer.Blocks(document.Syntax);
        return writer.latex.Append("\\nocite{*}\n").ToString();
    }

    /// <summary>The paragraphs under the heading "Abstract" as LaTeX, in one; empty where there is none.</summary>
    public static string Abstract(ReportDocument document)
    {
        var writer = new LatexDocument(document, forReScience: true);
        var paragraphs = document.Syntax.SkipWhile(block => !IsAbstract(block)).Skip(1).TakeWhile(block => block is ParagraphBlock).Cast<ParagraphBlock>();
        return string.Join(' ', paragraphs.Select(paragraph => writer.Inlines(paragraph.Inline))).ReplaceLineEndings(" ");
    }

    private void Blocks(ContainerBlock container)
    {
        foreach (var block in container)
            Block(block);
    }

    private void Block(Block block)
    {
        switch (block)
        {
            case HeadingBlock { Level: 1 }:
                latex.Append(forReScience ? "" : "\\maketitle\n\n");
                break;
            case HeadingBlock when IsAbstract(block):
                latex.Append("\\section*{Abstract}\n\n");
                break;
            // Both bring their own headings.
            case HeadingBlock heading when Follows(heading) is { Value: Contents or Bibliography }:
                break;
            case HeadingBlock heading:
                latex.Append($"\\{(heading.Level switch { 2 => "section", 3 => "subsection", _ => "subsubsection" })}{{{Inlines(heading.Inline)}}}\n\n");
                break;
            case ParagraphBlock paragraph:
                latex.Append(Inlines(paragraph.Inline)).Append("\n\n");
                break;
            case HtmlBlock html:
                Result(document.ResultAt(html));
                break;
            case QuoteBlock quote:
                Environment("quote", () => Blocks(quote));
                break;
            case ListBlock list:
                Environment(list.IsOrdered ? "enumerate" : "itemize", () =>
                {
                    foreach (var item in list.OfType<ListItemBlock>())
                    {
                        latex.Append("\\item{} ");
                        Blocks(item);
                    }
                });
                break;
            case CodeBlock code:
                // Not verbatim: its end could stand in the text.
                Environment("quote", () => latex.Append("\\ttfamily ").AppendJoin(" \\\\\n\\relax ", code.Lines.ToString().Split('\n').Select(line => $"\\mbox{{}}{Code(line).Replace(" ", "\\ ")}")).Append('\n'));
                break;
            case ThematicBreakBlock:
                latex.Append("\\par\\noindent\\rule{\\linewidth}{0.4pt}\n\n");
                break;
            case Table table:
                Rows(table);
                break;
            case ContainerBlock other:
                Blocks(other);
                break;
        }
    }

    private void Result(PlacedResult? result)
    {
        var label = result is { IsFirst: true } ? result.Name : null;
        if (result?.Value is ResultTable table)
            latex.Append(table.ToLatex("H", label, breakLong: !forReScience)).Append('\n');
        else if (result?.Value is Figure figure)
            latex.Append($"\\begin{{figure}}[H]\n\\centering\n\\fitfigure{{figures/{result.Name}.pdf}}\n\\caption{{{TableLatex.Escape(figure.Title)}}}{(label is null ? "" : $"\\label{{{label}}}")}\n\\end{{figure}}\n\n");
        else if (result?.Value is Contents && !forReScience)
            latex.Append("\\tableofcontents\n\n");
        else if (result?.Value is Bibliography { Sources.Count: > 0 } bibliography && !forReScience)
            Environment("thebibliography", () => latex.Append("{99}\n").AppendJoin("\n", bibliography.Sources.Select(Source)).Append('\n'));
    }

    private static string Source(Source source) =>
        $"\\bibitem{{{source.Key}}} {TableLatex.Escape(source.Text)}.{(source.Url is { } url ? $" \\href{{{Address(url)}}}{{{TableLatex.Escape(url)}}}" : "")}";

    private static bool IsAbstract(Block block) => block is HeadingBlock { Level: 2, Inline.FirstChild: LiteralInline { NextSibling: null } text } && text.Content.ToString() == "Abstract";

    private PlacedResult? Follows(HeadingBlock heading) =>
        document.Syntax.SkipWhile(block => block != heading).ElementAtOrDefault(1) is HtmlBlock next ? document.ResultAt(next) : null;

    private void Rows(Table table)
    {
        var columns = string.Concat(table.ColumnDefinitions.Take(table.OfType<TableRow>().Max(row => row.Count)).Select(column => column.Alignment switch { TableColumnAlign.Right => 'r', TableColumnAlign.Center => 'c', _ => 'l' }));
        var environment = forReScience ? "tabular" : "longtable";
        latex.Append($"{{\\{(forReScience ? "tiny" : "small")}\n\\begin{{{environment}}}{{{columns}}}\n\\toprule\n");
        foreach (var row in table.OfType<TableRow>())
            latex.Append("\\relax ").AppendJoin(" & ", row.OfType<TableCell>().Select(cell => string.Concat(cell.OfType<LeafBlock>().Select(leaf => Inlines(leaf.Inline))))).Append(row.IsHeader ? $" \\\\\n\\midrule\n{(forReScience ? "" : "\\endhead\n")}" : " \\\\\n");
        latex.Append($"\\bottomrule\n\\end{{{environment}}}}}\n\n");
    }

    private void Environment(string name, Action content)
    {
        latex.Append($"\\begin{{{name}}}\n");
        content();
        latex.Append($"\\end{{{name}}}\n\n");
    }

    private string Inlines(ContainerInline? container) => string.Concat((container ?? []).Select(Inline));

    private string Inline(Inline inline) => inline switch
    {
        LiteralInline literal => string.Join("\\allowbreak{}", Breakable(literal.Content.ToString()).Select(TableLatex.Escape)),
        CodeInline code => $"\\texttt{{{Code(code.Content)}}}",
        EmphasisInline emphasis => $"\\{(emphasis.DelimiterCount == 2 ? "textbf" : "emph")}{{{Inlines(emphasis)}}}",
        LineBreakInline line => line.IsHard ? "\\newline\n" : "\n",
        HtmlEntityInline entity => TableLatex.Escape(entity.Transcoded.ToString()),
        AutolinkInline link => $"\\href{{{Address(link.IsEmail ? "mailto:" + link.Url : link.Url)}}}{{{TableLatex.Escape(link.Url)}}}",
        // A picture of the template's own lies where no copy of the text can find it.
        LinkInline { IsImage: true } picture => Inlines(picture),
        LinkInline { Url: ['#', 'r', 'e', 'f', '-', .. var key] } => $"\\{(forReScience ? "supercite" : "cite")}{{{key}}}",
        LinkInline { Url: ['#', .. var name] } when document.Find(name) is { } result => $"{(result.Value is Figure ? "Figure" : "Table")}~\\ref{{{name}}}",
        LinkInline link => $"\\href{{{Address(link.Url ?? "")}}}{{{Inlines(link)}}}",
        ContainerInline container => Inlines(container),
        _ => "",
    };

    // A checksum has no place where TeX would break it.
    private static IEnumerable<string> Breakable(string text)
    {
        var (start, letters) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            letters = char.IsWhiteSpace(text[i]) ? 0 : letters + 1;
            if (letters > 30 && letters % 8 == 0 && !char.IsSurrogate(text[i]))
            {
                yield return text[start..i];
                start = i;
            }
        }
        yield return text[start..];
    }

    // Two hyphens are not a dash in code.
    private static string Code(string text) => TableLatex.Escape(text).Replace("--", "-{}-");

    private static string Address(string url) => string.Concat(url.Select(c => c switch
    {
        '\\' or '{' or '}' or '^' or '~' or '"' or ' ' => $"\\%{(int)c:X2}",
        '%' or '#' or '&' or '_' or '$' => $"\\{c}",
        _ when char.IsControl(c) => "",
        _ => c.ToString(),
    }));
}
