using System.Net;
using Fgsm.Reporting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using XPlot.Plotly;

namespace Fgsm.Polyglot;

/// <summary>Figures as XPlot charts.</summary>
public static class FigureXPlot
{
    // XPlot's getters throw where nothing is set, so no value may be read to be filled.
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new() { ObjectCreationHandling = ObjectCreationHandling.Replace });

    /// <summary>The same series, colours and axes as <see cref="FigurePlotly.ToPlotly"/>, as far as XPlot knows them; null for an image grid.</summary>
    public static PlotlyChart? ToXPlot(this Figure figure)
    {
        if (figure.ToPlotly() is not { } json)
            return null;
        var plot = JObject.Parse(json);
        var layout = (JObject)plot["layout"]!;
        // XPlot has the names of plotly.js 1: an axis' title is a text, and what a tip says is the trace's text.
        foreach (var axis in new[] { "xaxis", "yaxis" })
            layout[axis]!["title"] = layout[axis]!["title"]!["text"];
        layout["title"] = WebUtility.HtmlEncode(figure.Title);
        foreach (var trace in plot["data"]!)
            if (trace["hovertext"] is { } tips)
                trace["text"] = tips;

        var chart = Chart.Plot(plot["data"]!.Select(Trace).ToArray(), layout.ToObject<Layout.Layout>(Serializer)!);
        chart.Height = 440;
        return chart;
    }

    private static Trace Trace(JToken trace) => (Trace)trace.ToObject((string?)trace["type"] switch
    {
        "bar" => typeof(Bar),
        "heatmap" => typeof(Heatmap),
        _ => typeof(Scatter),
    }, Serializer)!;
}
