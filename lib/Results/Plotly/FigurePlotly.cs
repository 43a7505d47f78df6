using System.Globalization;
using System.Text.Json.Nodes;

namespace Fgsm.Results.Plotly;

/// <summary>
/// Figures for plotly.js: the same series, colours, axes and tips as the SVG, so that one can stand in the other's place.
/// The title is left to the caption of the text around.
/// </summary>
public static class FigurePlotly
{
    private static readonly string[] Symbols = ["circle", "square", "triangle-up", "diamond"];

    /// <summary>{"data", "layout"} as <c>Plotly.newPlot</c> takes them; null for a figure with nothing to point at (an image grid).</summary>
    public static string? ToPlotly(this Figure figure) => (figure switch
    {
        LineChart lines => Lines(lines),
        BarChart bars => Bars(bars),
        Histogram histogram => Bars(histogram),
        HeatMap map => Map(map),
        _ => null,
    })?.ToJsonString();

    private static JsonObject Lines(LineChart chart)
    {
        JsonArray data = [];
        foreach (var (i, series) in chart.Series.Index())
        {
            var group = i.ToString(CultureInfo.InvariantCulture);
            if (series.Low is not null && series.High is not null)
                data.Add(Band(series, Palette.Series(i), group));
            if (series.Ys.Any(double.IsFinite))
            {
                var line = Points(series, series.Ys, series.Name, "lines+markers");
                line["legendgroup"] = group;
                line["line"] = new JsonObject { ["color"] = Palette.Series(i), ["width"] = 2 };
                line["marker"] = new JsonObject { ["color"] = Palette.Series(i), ["symbol"] = Symbols[i % Symbols.Length], ["size"] = 8 };
                data.Add(line);
            }
            if (series.Published is not null)
            {
                var published = Points(series, series.Published, $"{series.Name}, published", "markers");
                published["marker"] = new JsonObject { ["color"] = Palette.Series(i), ["symbol"] = Symbols[i % Symbols.Length] + "-open", ["size"] = 13, ["line"] = new JsonObject { ["width"] = 2 } };
                data.Add(published);
            }
        }
        var (x, y) = LineChartSvg.Marks(chart);
        return Plot(data, Axis(chart.X, x), Axis(chart.Y, y), legend: true);
    }

    private static JsonObject Points(Series series, double[] ys, string name, string mode) => new()
    {
        ["type"] = "scatter",
        ["mode"] = mode,
        ["name"] = Text(name),
        ["x"] = Numbers(series.Xs),
        ["y"] = Numbers(ys),
        ["text"] = Texts(series.Xs.Zip(ys, (x, y) => LineChartSvg.Tip(name, x, y))),
        ["hoverinfo"] = "text",
        ["cliponaxis"] = false,
    };

    private static JsonObject Band(Series series, string colour, string group)
    {
        (double X, double Low, double High)[] known = [.. series.Xs.Zip(series.Low!, series.High!).Where(p => double.IsFinite(p.Second) && double.IsFinite(p.Third))];
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["x"] = Numbers(known.Select(p => p.X).Concat(known.Reverse().Select(p => p.X))),
            ["y"] = Numbers(known.Select(p => p.High).Concat(known.Reverse().Select(p => p.Low))),
            ["fill"] = "toself",
            ["fillcolor"] = colour + "2e",
            ["line"] = new JsonObject { ["width"] = 0 },
            ["hoverinfo"] = "skip",
            ["showlegend"] = false,
            ["legendgroup"] = group,
        };
    }

    private static JsonObject Bars(BarChart chart)
    {
        JsonArray data = [];
        foreach (var (i, series) in chart.Series.Index())
        {
            data.Add(new JsonObject
            {
                ["type"] = "bar",
                ["name"] = Text(series.Name),
                ["x"] = Numbers(Enumerable.Range(0, chart.Categories.Length).Select(c => (double)c)),
                ["y"] = Numbers(series.Values),
                ["hovertext"] = Texts(chart.Categories.Zip(series.Values, (category, value) => BarsSvg.Tip($"{series.Name}, {category}", value))),
                ["hoverinfo"] = "text",
                ["marker"] = new JsonObject { ["color"] = Palette.Series(i) },
            });
        }
        return Plot(data, Named(chart.X, chart.Categories), Axis(chart.Y, BarsSvg.Marks(chart)), legend: chart.Series.Count > 1);
    }

    private static JsonObject Bars(Histogram histogram)
    {
        var bins = histogram.Edges.Zip(histogram.Edges.Skip(1)).ToArray();
        var bars = new JsonObject
        {
            ["type"] = "bar",
            ["x"] = Numbers(bins.Select(bin => (bin.First + bin.Second) / 2)),
            ["width"] = Numbers(bins.Select(bin => (bin.Second - bin.First) * 0.97)),
            ["y"] = Numbers(histogram.Counts.Select(count => (double)count)),
            ["hovertext"] = Texts(bins.Zip(histogram.Counts, (bin, count) => BarsSvg.Tip(BarsSvg.Bin(bin.First, bin.Second), count))),
            ["hoverinfo"] = "text",
            ["marker"] = new JsonObject { ["color"] = Palette.Series(0) },
        };
        var (x, y) = BarsSvg.Marks(histogram);
        return Plot([bars], Axis(histogram.X, x), Axis("Count", y), legend: false);
    }

    private static JsonObject Map(HeatMap map)
    {
        const int stops = 20;
        var scale = HeatMapSvg.Scale(map);
        var (rows, columns) = (map.Values.Length, map.Values[0].Length);
        var cells = new JsonObject
        {
            ["type"] = "heatmap",
            ["z"] = new JsonArray([.. map.Values.Select(Numbers)]),
            ["zmin"] = scale.Min,
            ["zmax"] = scale.Max,
            ["colorscale"] = new JsonArray([.. Enumerable.Range(0, stops + 1).Select(i => new JsonArray((double)i / stops, scale.Colour(scale.Min + (scale.Max - scale.Min) * i / stops).ToString()))]),
            ["hovertext"] = new JsonArray([.. map.Values.Index().Select(row => Texts(row.Item.Index().Select(cell => HeatMapSvg.Tip(map, row.Index, cell.Index))))]),
            ["hoverinfo"] = "text",
            ["colorbar"] = new JsonObject { ["thickness"] = 14, ["outlinewidth"] = 0 },
        };
        if (map.Format is not null)
        {
            cells["text"] = new JsonArray([.. map.Values.Select(row => Texts(row.Select(v => v.ToString(map.Format, CultureInfo.InvariantCulture))))]);
            cells["texttemplate"] = "%{text}";
        }
        var x = map.ColumnLabels is null ? Axis(map.X) : Named(map.X, map.ColumnLabels);
        var y = map.RowLabels is null ? Axis(map.Y) : Named(map.Y, map.RowLabels);
        x["range"] = new JsonArray(-0.5, columns - 0.5);
        // The first row is the uppermost.
        y["range"] = new JsonArray(rows - 0.5, -0.5);
        (x["showgrid"], y["showgrid"]) = (false, false);
        return Plot([cells], x, y, legend: false);
    }

    private static JsonObject Plot(JsonArray data, JsonObject x, JsonObject y, bool legend) => new()
    {
        ["data"] = data,
        ["layout"] = new JsonObject
        {
            ["xaxis"] = x,
            ["yaxis"] = y,
            ["showlegend"] = legend,
            ["legend"] = new JsonObject { ["orientation"] = "h", ["x"] = 0, ["y"] = -0.22, ["yanchor"] = "top" },
            ["height"] = 440,
            ["margin"] = new JsonObject { ["l"] = 56, ["r"] = 18, ["t"] = 28, ["b"] = 48 },
            ["hovermode"] = "closest",
            ["paper_bgcolor"] = "#ffffff",
            ["plot_bgcolor"] = "#ffffff",
            ["font"] = new JsonObject { ["family"] = "'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif", ["size"] = 13, ["color"] = SvgCanvas.Ink },
        },
    };

    private static JsonObject Axis(Axis axis, Ticks? marks = null)
    {
        var json = new JsonObject
        {
            ["title"] = new JsonObject { ["text"] = Text(axis.Label) },
            ["gridcolor"] = SvgCanvas.Faint,
            ["linecolor"] = "#888888",
            ["mirror"] = true,
            ["zeroline"] = false,
            ["automargin"] = true,
        };
        if (marks is not null)
            json["range"] = new JsonArray(marks.Min, marks.Max);
        return json;
    }

    // By their place, because plotly.js takes names that look like numbers or dates for such.
    private static JsonObject Named(Axis axis, string[] names)
    {
        var json = Axis(axis);
        json["tickmode"] = "array";
        json["tickvals"] = Numbers(Enumerable.Range(0, names.Length).Select(i => (double)i));
        json["ticktext"] = Texts(names);
        json["showgrid"] = false;
        return json;
    }

    private static JsonArray Numbers(IEnumerable<double> values) => new([.. values.Select(value => double.IsFinite(value) ? JsonValue.Create(value) : null)]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(Text(text)))]);

    // plotly.js reads tags in texts, links among them.
    private static string Text(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
