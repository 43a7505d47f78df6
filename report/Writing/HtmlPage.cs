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
          .interactive .textpoint text { fill: #fff !important; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 "Segoe UI", system-ui, -apple-system, "DejaVu Sans", sans-serif; }
        main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
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
        main > table, .result-table { margin: 1.5em 0; }
        table { border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums; }
        .result-table table { min-width: min(100%, 46rem); }
        .result-table:has(td:nth-child(9)) table { font-size: .82rem; }
        caption { text-align: left; font-weight: 600; padding-bottom: .5em; }
        th, td { padding: .4em .65em; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
        [style*="right"] { white-space: nowrap; }
        th[style*="right"] { white-space: normal; }
        /* A number does not run into the text beside it. */
        [style*="right"] + [style*="left"] { padding-left: 1.5em; }
        .result-table tbody tr:nth-child(even), main > table tbody tr:nth-child(even) { background: var(--band); }
        .note { color: var(--soft); font-size: .88rem; margin: .6em 0 0; }
        figure { margin: 1.5em 0; overflow-x: auto; }
        .scrolls::before { content: "Scroll sideways for more →"; position: sticky; left: 0; font-size: .85rem; color: var(--soft); }
        .scrolls td:first-child { position: sticky; left: 0; background: var(--paper); }
        figcaption { font-weight: 600; margin-bottom: .5em; }
        .images th, .images td { border: 0; text-align: center; vertical-align: top; padding: .2em 0 .6em; font-weight: normal; font-size: .82rem; line-height: 1.35; text-wrap: balance; }
        .images [scope="row"] { text-align: left; padding-right: 1em; max-width: 10rem; }
        .images img { image-rendering: pixelated; border: 1px solid var(--line); }
        .static > svg { display: block; min-width: 27rem; color: var(--ink); }
        .static .plate { fill: none; }
        .interactive { max-width: 46rem; }
        .interactive .main-svg { background: none !important; }
        .interactive text:not(.textpoint text, .hovertext text) { fill: var(--ink) !important; }
        .interactive .gridlayer path { stroke: var(--line) !important; }
        .interactive .modebar-btn path { fill: var(--soft) !important; }
        .drawn .static { display: none; }
        @media (max-width: 40rem) {
          table, .result-table:has(td:nth-child(9)) table { font-size: .85rem; }
          th, td { padding: .35em .4em; }
          .result-table table { min-width: 100%; }
          /* A table with much text becomes cards, one for each row. */
          .result-table:has([style*="left"] ~ [style*="left"] ~ [style*="left"]):not(:has(tbody tr:nth-child(31))) {
            table, caption, tbody { display: block; }
            thead { display: none; }
            tr { display: flex; flex-wrap: wrap; gap: .1em 1.2em; padding: .5em .4em; border-bottom: 1px solid var(--line); }
            td { border: 0; padding: 0; }
            td::before { content: attr(data-label) ": "; color: var(--soft); }
            td:first-child { font-weight: 600; }
          }
          .images, .images tbody { display: block; }
          .images thead { display: none; }
          .images tr { display: flex; flex-wrap: wrap; margin-bottom: .5em; }
          .images [scope="row"] { flex: 0 0 100%; max-width: none; }
          .images td { flex: 0 0 33%; }
          .images td::before { content: attr(data-label); display: block; color: var(--soft); }
        }
        @media print {
          :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --band: #f4f4f4; --link: #000; }
          body { font-size: 10pt; line-height: 1.45; }
          main { max-width: none; padding: 0; }
          p, li, blockquote { max-width: none; }
          p { orphans: 3; widows: 3; }
          h1, h2, h3 { break-after: avoid; break-inside: avoid; margin: 1.4em 0 .5em; }
          figure, tr { break-inside: avoid; }
          /* The title of a table stays with its first rows. */
          caption { break-after: avoid; }
          thead, tbody tr:nth-child(-n+2) { break-before: avoid; }
          figure, .result-table { overflow: visible !important; margin: 1em 0; }
          /* A short table stays whole; a longer one goes on on the next page, under its headings. */
          .result-table:not(:has(tbody tr:nth-child(13))) { break-inside: avoid; }
          .result-table table { min-width: 0; width: 100%; font-size: 8.5pt; line-height: 1.35; }
          .result-table:has(td:nth-child(7)) table { font-size: 7.5pt; }
          th, td { padding: .2em .4em; }
          main > table { font-size: 7.5pt; line-height: 1.2; }
          td code { white-space: nowrap; }
          .static > svg { min-width: 0; max-height: 75mm; width: auto; }
          .images img { max-width: 15mm; height: auto; }
          .images th, .images td { font-size: 7pt; padding-bottom: .2em; }
          .drawn .static { display: block; }
          .interactive, .scrolls::before { display: none; }
        }
        """;

    // A table or drawing that is wider than the page is reached by keyboard too.
    private const string Hint = """
        const hint = new ResizeObserver(boxes => {
          for (const { target } of boxes) {
            const scrolls = target.scrollWidth > target.clientWidth;
            target.classList.toggle("scrolls", scrolls);
            if (scrolls) target.tabIndex = 0;
            else target.removeAttribute("tabindex");
          }
        });
        document.querySelectorAll(".result-table, figure").forEach(box => hint.observe(box));
        """;

    private const string Draw = """
        // An axis' title in lines as long as the axis.
        const wrap = (title, pixels) => { title.text = title.text.replace(new RegExp(`(.{1,${Math.floor(pixels / 8)}})(\\s+|$)`, "g"), "$1<br>").slice(0, -4); };
        for (const source of document.querySelectorAll("figure > script")) {
          const figure = source.parentElement, plot = document.createElement("div"), { data, layout } = JSON.parse(source.textContent);
          plot.className = "interactive";
          figure.insertBefore(plot, source);
          const narrow = plot.clientWidth < 500;
          if (data[0]?.type === "heatmap") {
            // A map's cells are about square, on narrow screens too, and its digits fit into them.
            layout.height = Math.min(plot.clientWidth, 560);
            const [map, ...digits] = data, cell = (plot.clientWidth - 70) / map.z[0].length;
            map.showscale = !narrow || digits.length === 0;
            for (const texts of digits) texts.textfont.size = Math.min(13, cell / 2.7);
          }
          wrap(layout.xaxis.title, plot.clientWidth - 90);
          wrap(layout.yaxis.title, layout.height - 130);
          // The colours of texts and lines are the page's.
          Object.assign(layout, { paper_bgcolor: "transparent", plot_bgcolor: "transparent", modebar: { bgcolor: "transparent" } });
          layout.hoverlabel = { bgcolor: "#222", bordercolor: "#888", font: { color: "#fff" } };
          // The legend stands under the axis' title, in as many lines as the page needs; the bar of buttons above the frame.
          layout.legend = { ...layout.legend, yref: "container", y: 0, yanchor: "bottom" };
          if (layout.showlegend && narrow) layout.height += 20 * data.length;
          layout.margin.t += 8;
          const modeBarButtons = [["toImage", "zoom2d", "pan2d", "resetScale2d"]];
          // The static drawing goes only when the other is there.
          Plotly.newPlot(plot, data, layout, { responsive: true, displaylogo: false, modeBarButtons }).then(() => figure.classList.add("drawn"));
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
        return Around(
            document.Title, $"{body}", $"<script>\n{Hint}\n{(Plotly is null ? "" : $"{Plotly}\n{Draw}\n")}</script>\n",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:");
    }

    /// <summary>A page in this style.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="main">Its content, as HTML.</param>
    /// <param name="after">What follows the content, as HTML.</param>
    /// <param name="policy">What the page may load, as a Content-Security-Policy; null where a server says it.</param>
    public static string Around(string title, string main, string after = "", string? policy = null) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        {(policy is null ? "" : $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")}
        <title>{WebUtility.HtmlEncode(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        {main}</main>
        {after}</body>
        </html>

        """;

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
            // No element of its own before the result: on paper a heading stays with what follows it.
            var named = result is { Number: > 0, IsFirst: true };
            if (named)
                renderer.Write($"<div id=\"{result!.Name}\">\n");
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
            if (named)
                renderer.Write("</div>\n");
        }

        private static string Source(Source source) =>
            $"<li id=\"ref-{source.Key}\">{WebUtility.HtmlEncode(source.Text)}.{(source.Url is { } url ? $" <a href=\"{WebUtility.HtmlEncode(url)}\">{WebUtility.HtmlEncode(url)}</a>" : "")}</li>\n";

        private static void WriteFigure(HtmlRenderer renderer, Figure figure, string caption)
        {
            renderer.Write($"<figure>\n<figcaption>{WebUtility.HtmlEncode(caption)}</figcaption>\n");
            renderer.Write(figure is ImageGrid grid ? grid.ToHtml() : $"<div class=\"static\">\n{figure.ToSvg(titled: false)}</div>\n");
            // Its JSON has no character that could end the element.
            if (Plotly is not null && figure.ToPlotly(titled: false) is { } plot)
                renderer.Write($"<script type=\"application/json\">{plot}</script>\n");
            renderer.Write("</figure>\n");
        }
    }
}
