using System.Globalization;
using System.Net;
using System.Text;

namespace Fgsm.Report.Serving;

/// <summary>The page that shows a report, the notebooks behind it, and the run that is renewing it.</summary>
internal static class LivePage
{
    private const string Layout = """
        <style>
        body { display: flex; flex-direction: column; height: 100vh; }
        main { display: none; }
        #run { padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
        #run nav { display: flex; flex-wrap: wrap; gap: 0 1rem; }
        #run p { margin: .3em 0; max-width: none; }
        #run progress { width: 12rem; }
        #run .curves { display: flex; gap: 1rem; overflow-x: auto; }
        #run figure { margin: 0; flex: 0 1 28rem; }
        #run .static > svg { min-width: 0; }
        iframe { flex: 1; border: 0; }
        </style>
        <div id="run"></div>
        <iframe name="view" src="/report.html" title="Report"></iframe>
        <script>
        const view = document.querySelector("iframe");
        let known = null;
        new EventSource("/events").onmessage = event => {
          const { html, versions } = JSON.parse(event.data), shown = view.contentWindow.location.pathname;
          document.getElementById("run").innerHTML = html;
          if (known !== null && known[shown] !== versions[shown]) view.contentWindow.location.reload();
          known = versions;
        };
        </script>
        """;

    /// <summary>The page, which fills itself from the events.</summary>
    public static string Write() => HtmlPage.Around("Report", "", Layout);

    /// <summary>What stands above the report: links to the notebooks, and the run that goes on.</summary>
    /// <param name="notebooks">The names of the notebooks that can be shown.</param>
    /// <param name="state">The run; null when none goes on.</param>
    public static string Status(IEnumerable<string> notebooks, LiveState? state)
    {
        var html = new StringBuilder("<nav><a target=\"view\" href=\"/report.html\">Report</a>");
        html.AppendJoin("", notebooks.Select(name =>
            $"<a target=\"view\" href=\"/notebook/{Uri.EscapeDataString(name)}\">{Encode(name)}</a>")).Append("</nav>\n");
        if (state is null)
            return html.ToString();
        html.Append($"<p><strong>{Encode(state.Heading)}</strong> {Encode(state.Cell)}</p>\n");
        if (state is { Progress: { } progress, Fraction: { } fraction })
            html.Append(CultureInfo.InvariantCulture, $"<p><progress value=\"{fraction:0.###}\"></progress> {Encode(progress)}</p>\n");
        html.Append("<div class=\"curves\">");
        foreach (var figure in state.Curves.Select(Figure.FromJson))
            html.Append($"<figure><figcaption>{Encode(figure.Title)}</figcaption><div class=\"static\">{figure.ToSvg(titled: false)}</div></figure>");
        return html.Append("</div>\n").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
