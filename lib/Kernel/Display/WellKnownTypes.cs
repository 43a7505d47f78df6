using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel.Display;

/// <summary>How values of packages are shown that bring no formatter of their own. The kernel knows these types by name only.</summary>
internal static partial class WellKnownTypes
{
    private const string Plotly = "application/vnd.plotly.v1+json";

    static WellKnownTypes() => AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Register(loaded.LoadedAssembly);

    /// <summary>Registers formatters for the types of what is loaded now, and from here on of all that will be.</summary>
    public static void Register()
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            Register(assembly);
    }

    private static void Register(Assembly assembly)
    {
        switch (assembly.GetName().Name)
        {
            case "Newtonsoft.Json" when assembly.GetType("Newtonsoft.Json.Linq.JToken") is { } token:
                Formatter.Register(token, (value, writer) => writer.Write(value), PlainTextFormatter.MimeType);
                Formatter.Register(token, (value, writer) => writer.Write($"<pre>{WebUtility.HtmlEncode(value.ToString())}</pre>"), HtmlFormatter.MimeType);
                break;
            case "Microsoft.Data.Analysis" when assembly.GetType("Microsoft.Data.Analysis.DataFrame") is { } frame:
                Formatter.Register(frame, (value, writer) => writer.Write(value), PlainTextFormatter.MimeType);
                break;
            case "XPlot.Plotly" when assembly.GetType("XPlot.Plotly.PlotlyChart") is { } chart:
                Formatter.Register(chart, (value, writer) => writer.Write(ChartJson((dynamic)value)), Plotly);
                Formatter.Register(chart, (value, writer) => writer.Write(Page((dynamic)value)), HtmlFormatter.MimeType);
                Formatter.SetPreferredMimeTypesFor(chart, Plotly, HtmlFormatter.MimeType);
                break;
        }
    }

    /// <summary>A chart as plotly.js takes it. XPlot tells its JSON in a script only.</summary>
    private static string ChartJson(dynamic chart)
    {
        var json = new JsonObject();
        foreach (Match part in Assignment().Matches((string)chart.GetInlineJS()))
            json[part.Groups[1].Value] = JsonNode.Parse(part.Groups[2].Value);
        if (json["layout"] is not JsonObject)
            json["layout"] = new JsonObject();
        // XPlot writes titles as plotly.js 1 took them; plotly.js 3 takes no bare text.
        var layout = json["layout"]!.AsObject();
        foreach (var titled in layout.Select(member => member.Value).OfType<JsonObject>().Append(layout).Where(o => o["title"] is JsonValue).ToList())
            titled["title"] = new JsonObject { ["text"] = titled["title"]!.DeepClone() };
        return json.ToJsonString();
    }

    /// <summary>The chart as a page of its own, for viewers that know no Plotly: it loads plotly.js whatever scripts the notebook's page allows.</summary>
    private static string Page(dynamic chart) =>
        $"<iframe srcdoc=\"{WebUtility.HtmlEncode((string)chart.GetHtml())}\" width=\"{chart.Width + 20}\" height=\"{chart.Height + 20}\" style=\"border: 0\"></iframe>";

    [GeneratedRegex(@"^\s*var (data|layout) = (.*);\s*$", RegexOptions.Multiline)]
    private static partial Regex Assignment();
}
