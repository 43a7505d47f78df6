using System.Net;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Fgsm.Report.Writing;

/// <summary>
/// A report as one HTML file: no network request, light and dark, fit for paper. Where scripts run, figures answer to the pointer;
/// on paper and without scripts the same figures stand there as static SVG.
/// </summary>
internal static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --band: #f4f6f8; --link: #0059b3; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6edf3; --soft: #9aa5b1; --line: #3a424c; --paper: #14181d; --band: #1d232a; --link: #79b8ff; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 "Segoe UI", system-ui, -apple-system, "DejaVu Sans", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
        p, li, blockquote { max-width: 46rem; }
        h1, h2, h3 { line-height: 1.25; margin: 2em 0 .6em; }
        h1 { margin-top: .5em; font-size: 1.9rem; }
        h2 { font-size: 1.4rem; border-bottom: 1px solid var(--line); padding-bottom: .25em; }
        h3 { font-size: 1.15rem; }
        a { color: var(--link); }
        .verdict-reproduced { color: light-dark(#1a7f37, #56d364); font-weight: 600; }
        .verdict-close { color: light-dark(#8a5a00, #e3b341); font-weight: 600; }
        .verdict-not-reproduced { color: light-dark(#b3261e, #ff9d94); font-weight: 600; }
        blockquote { margin: 1em 0; padding: .1em 1em; border-left: 4px solid var(--line); color: var(--soft); }
        code { font-size: .9em; background: var(--band); padding: .1em .3em; border-radius: 4px; overflow-wrap: anywhere; }
        main > table, .result-table { display: block; overflow-x: auto; margin: 1.5em 0; }
        table { border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums; }
        .result-table table { min-width: min(100%, 46rem); }
        caption { text-align: left; font-weight: 600; padding-bottom: .5em; }
        th, td { padding: .4em .65em; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { border-bottom: 2px solid var(--soft); }
        td[style*="right"], .result-table td { white-space: nowrap; }
        tbody tr:nth-child(even) { background: var(--band); }
        .note { color: var(--soft); font-size: .88rem; margin: .6em 0 0; }
        figure { margin: 1.5em 0; overflow-x: auto; }
        figcaption { font-weight: 600; margin-bottom: .5em; }
        .static > svg { display: block; min-width: 27rem; border-radius: 6px; }
        .interactive { max-width: 46rem; border-radius: 6px; overflow: hidden; }
        .drawn .static { display: none; }
        @media print {
          :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --band: #f4f4f4; --link: #000; }
          body { font-size: 10.5pt; }
          main { max-width: none; padding: 0; }
          figure, .result-table { break-inside: avoid; overflow: visible; }
          .result-table table { min-width: 0; width: 100%; font-size: 8.5pt; line-height: 1.35; }
          .result-table:has(th:nth-child(7)) table { font-size: 7.5pt; }
          th, td { padding: .25em .4em; }
          .result-table td, td[style*="right"] { white-space: normal; }
          .static > svg { min-width: 0; }
          .drawn .static { display: block; }
          .interactive { display: none; }
          h1, h2, h3 { break-after: avoid; }
        }
        """;

    private const string Draw = """
        for (const source of document.querySelectorAll("figure > script")) {
          const figure = source.parentElement, plot = document.createElement("div"), { data, layout } = JSON.parse(source.textContent);
          plot.className = "interactive";
          figure.insertBefore(plot, source);
          // A map's cells are about square, on narrow screens too.
          if (data[0]?.type === "heatmap") layout.height = Math.min(plot.clientWidth, 560);
          // The static drawing goes only when the other is there.
          Plotly.newPlot(plot, data, layout, { responsive: true, displaylogo: false }).then(() => figure.classList.add("drawn"));
        }
        """;

    /// <summary>plotly.js with its licence; null in a program that was built without it.</summary>
    private static readonly string? Plotly = Resource("plotly.js") is { } script ? $"/*\n{Resource("plotly.LICENSE")}*/\n{script}" : null;

    /// <summary>Whether figures answer to the pointer.</summary>
    public static bool IsInteractive => Plotly is not null;

    /// <summary>The page.</summary>
    public static string Write(ReportDocument document)
    {
        var body = new StringWriter { NewLine = "\n" };
        var renderer = new HtmlRenderer(body);
        ReportDocument.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlBlockRenderer>(new ResultRenderer(document));
        renderer.Render(document.Syntax);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
            <title>{WebUtility.HtmlEncode(document.Title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            {body}</main>
            {(Plotly is null ? "" : $"<script>\n{Plotly}\n{Draw}\n</script>\n")}            </body>
            </html>

            """;
    }

    private static string? Resource(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream(name);
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }

    private sealed class ResultRenderer(ReportDocument document) : HtmlObjectRenderer<HtmlBlock>
    {
        protected override void Write(HtmlRenderer renderer, HtmlBlock block)
        {
            renderer.EnsureLine();
            var result = document.ResultAt(block);
            if (result is { Number: > 0, IsFirst: true })
                renderer.Write($"<a id=\"{result.Name}\"></a>\n");
            switch (result?.Value)
            {
                case ResultTable table:
                    renderer.Write(table.Titled(result.Caption).ToHtml());
                    break;
                case Figure figure:
                    WriteFigure(renderer, figure, result.Caption);
                    break;
                case Contents:
                    renderer.Write($"<nav class=\"contents\">\n<ul>\n{string.Concat(document.Chapters.Select(chapter => $"<li><a href=\"#{chapter.Id}\">{WebUtility.HtmlEncode(chapter.Text)}</a></li>\n"))}</ul>\n</nav>\n");
                    break;
                case Bibliography bibliography:
                    renderer.Write($"<ol class=\"references\">\n{string.Concat(bibliography.Sources.Select(Source))}</ol>\n");
                    break;
                default:
                    renderer.WriteLeafRawLines(block, writeEndOfLines: true, escape: false);
                    break;
            }
        }

        private static string Source(Source source) =>
            $"<li id=\"ref-{source.Key}\">{WebUtility.HtmlEncode(source.Text)}.{(source.Url is { } url ? $" <a href=\"{WebUtility.HtmlEncode(url)}\">{WebUtility.HtmlEncode(url)}</a>" : "")}</li>\n";

        private static void WriteFigure(HtmlRenderer renderer, Figure figure, string caption)
        {
            renderer.Write($"<figure>\n<figcaption>{WebUtility.HtmlEncode(caption)}</figcaption>\n<div class=\"static\">\n{figure.ToSvg(titled: false)}</div>\n");
            // Its JSON has no character that could end the element.
            if (Plotly is not null && figure.ToPlotly(titled: false) is { } plot)
                renderer.Write($"<script type=\"application/json\">{plot}</script>\n");
            renderer.Write("</figure>\n");
        }
    }
}
