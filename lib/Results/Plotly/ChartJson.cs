using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using XPlot.Plotly;

namespace Fgsm.Results.Plotly;

/// <summary>
/// XPlot.Plotly charts as JSON for plotly.js 2 and 3: what a notebook shows as <see cref="MimeType"/>, which VS Code and JupyterLab
/// draw without a network.
/// </summary>
public static partial class ChartJson
{
    /// <summary>The type of a chart among the outputs of a notebook's cell.</summary>
    public const string MimeType = "application/vnd.plotly.v1+json";

    /// <summary>{"data", "layout"} as <c>Plotly.newPlot</c> takes them; null for a figure that is no chart (an image grid).</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="titled">False to leave the title to the text around.</param>
    public static string? ToPlotly(this Figure figure, bool titled = true) => figure.ToXPlot(titled)?.ToPlotly();

    /// <summary>{"data", "layout"} as <c>Plotly.newPlot</c> takes them.</summary>
    public static string ToPlotly(this PlotlyChart chart)
    {
        // XPlot gives its JSON in a script only, each part on a line of its own. As bytes, because half a surrogate pair in a text
        // becomes U+FFFD there, where the parser of a string would refuse it.
        var parts = Assignments().Matches(chart.GetPlottingJS())
            .ToDictionary(match => match.Groups["name"].Value, match => JsonNode.Parse(Encoding.UTF8.GetBytes(match.Groups["json"].Value)));
        var data = parts["data"]!.AsArray();
        var layout = parts["layout"] as JsonObject ?? [];
        foreach (var trace in data.OfType<JsonObject>())
        {
            foreach (var values in new[] { "x", "y", "z" })
                LeaveGaps(trace[values]);
            SpellTitle(trace["colorbar"]);
        }
        SpellTitle(layout);
        foreach (var (_, axis) in layout)
            SpellTitle(axis);
        layout["height"] ??= chart.Height;
        return new JsonObject { ["data"] = data, ["layout"] = layout }.ToJsonString();
    }

    // XPlot has the names of plotly.js 1, where a title was a text; plotly.js 3 knows only an object.
    private static void SpellTitle(JsonNode? titled)
    {
        if (titled is not JsonObject owner)
            return;
        owner.Remove("_isSubplotObj");
        if (owner["title"] is not JsonValue text)
            return;
        var title = new JsonObject { ["text"] = text.DeepClone() };
        if (owner["titlefont"] is { } font)
        {
            owner.Remove("titlefont");
            title["font"] = font;
        }
        owner["title"] = title;
    }

    // JSON has no NaN: XPlot writes a text for it, and plotly.js leaves a gap for null.
    private static void LeaveGaps(JsonNode? values)
    {
        if (values is not JsonArray array)
            return;
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonValue value && value.TryGetValue<string>(out var text) && text is "NaN" or "Infinity" or "-Infinity")
                array[i] = null;
            else
                LeaveGaps(array[i]);
        }
    }

    [GeneratedRegex(@"^\s*var (?<name>data|layout) = (?<json>.*);\s*$", RegexOptions.Multiline)]
    private static partial Regex Assignments();
}
