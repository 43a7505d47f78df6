using P = XPlot.Plotly;

namespace Fgsm.Results.Plotly;

/// <summary>
/// Figures as XPlot.Plotly charts: the same title, series, colours, axes and tips as the SVG, so that one can stand in the other's
/// place.
/// </summary>
public static class FigureXPlot
{
    private static readonly string[] Symbols = ["circle", "square", "triangle-up", "diamond"];

    /// <summary>The chart, to be shown, changed or extended with XPlot's own members; null for a figure with nothing to point at (an image grid).</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="titled">False to leave the title to the text around.</param>
    public static P.PlotlyChart? ToXPlot(this Figure figure, bool titled = true)
    {
        string[] title = titled ? [.. PlotFrame.TitleLines(figure.Title, PlotFrame.Width)] : [];
        return figure switch
        {
            LineChart lines => Lines(lines, title),
            BarChart bars => Bars(bars, title),
            Histogram histogram => Bars(histogram, title),
            HeatMap map => Map(map, title),
            _ => null,
        };
    }

    private static P.PlotlyChart Lines(LineChart chart, string[] title)
    {
        List<P.Trace> traces = [];
        foreach (var (i, series) in chart.Series.Index())
        {
            var (colour, symbol, group) = (Palette.Series(i), Symbols[i % Symbols.Length], i.ToString(CultureInfo.InvariantCulture));
            if (series.Low is not null && series.High is not null)
                traces.Add(Band(series, colour, group));
            if (series.Ys.Any(double.IsFinite))
            {
                var line = Points(series, series.Ys, series.Name, "lines+markers");
                line.legendgroup = group;
                line.line = new P.Line { color = colour, width = 2 };
                line.marker = new P.Marker { color = colour, symbol = symbol, size = 8 };
                traces.Add(line);
            }
            if (series.Published is not null)
            {
                var published = Points(series, series.Published, $"{series.Name}, published", "markers");
                published.marker = new P.Marker { color = colour, symbol = $"{symbol}-open", size = 13, line = new P.Line { width = 2 } };
                traces.Add(published);
            }
        }
        var (x, y) = LineChartSvg.Marks(chart);
        return Chart(title, traces, X(chart.X, x), Y(chart.Y, y), legend: true);
    }

    private static Scatter Points(Series series, double[] ys, string name, string mode) => new()
    {
        mode = mode,
        name = Text(name),
        x = Numbers(series.Xs),
        y = Numbers(ys),
        text = Texts(series.Xs.Zip(ys, (x, y) => LineChartSvg.Tip(name, x, y))),
        hoverinfo = "text",
    };

    private static P.Scatter Band(Series series, string colour, string group)
    {
        var known = LineChartSvg.Known(series);
        return new P.Scatter
        {
            mode = "lines",
            x = Numbers(known.Select(p => p.X).Concat(known.Reverse().Select(p => p.X))),
            y = Numbers(known.Select(p => p.High).Concat(known.Reverse().Select(p => p.Low))),
            fill = "toself",
            fillcolor = colour + "2e",
            line = new P.Line { width = 0 },
            hoverinfo = "skip",
            showlegend = false,
            legendgroup = group,
        };
    }

    private static P.PlotlyChart Bars(BarChart chart, string[] title)
    {
        var bars = chart.Series.Select((series, i) => new Bar
        {
            name = Text(series.Name),
            x = Numbers(Enumerable.Range(0, chart.Categories.Length).Select(c => (double)c)),
            y = Numbers(series.Values),
            hovertext = Texts(chart.Categories.Zip(series.Values, (category, value) => BarsSvg.Tip($"{series.Name}, {category}", value))),
            hoverinfo = "text",
            marker = new P.Marker { color = Palette.Series(i) },
        });
        return Chart(title, bars, X(chart.X, names: chart.Categories), Y(chart.Y, BarsSvg.Marks(chart)), legend: chart.Series.Count > 1);
    }

    private static P.PlotlyChart Bars(Histogram histogram, string[] title)
    {
        var bins = histogram.Edges.Zip(histogram.Edges.Skip(1)).ToArray();
        var bars = new Bar
        {
            x = Numbers(bins.Select(bin => (bin.First + bin.Second) / 2)),
            width = Numbers(bins.Select(bin => (bin.Second - bin.First) * 0.97)),
            y = Numbers(histogram.Counts.Select(count => (double)count)),
            hovertext = Texts(bins.Zip(histogram.Counts, (bin, count) => BarsSvg.Tip(BarsSvg.Bin(bin.First, bin.Second), count))),
            hoverinfo = "text",
            marker = new P.Marker { color = Palette.Series(0) },
        };
        var (x, y) = BarsSvg.Marks(histogram);
        return Chart(title, [bars], X(histogram.X, x), Y("Count", y), legend: false);
    }

    private static P.PlotlyChart Map(HeatMap map, string[] title)
    {
        const int stops = 20;
        var scale = HeatMapSvg.Scale(map);
        var cells = new Heatmap
        {
            z = map.Values.Select(Numbers).ToArray(),
            zmin = scale.Min,
            zmax = scale.Max,
            colorscale = Enumerable.Range(0, stops + 1)
                .Select(i => new object[] { (double)i / stops, scale.Colour(scale.Min + (scale.Max - scale.Min) * i / stops).ToString() }).ToArray(),
            hovertext = [.. map.Values.Index().Select(row => Texts(row.Item.Index().Select(cell => HeatMapSvg.Tip(map, row.Index, cell.Index))))],
            hoverinfo = "text",
            colorbar = new P.Colorbar { thickness = 14, outlinewidth = 0 },
        };
        if (map.Format is not null)
        {
            cells.text = map.Values.Select(row => Texts(row.Select(value => HeatMapSvg.Shown(map, value)))).ToArray();
            cells.texttemplate = "%{text}";
        }
        var (x, y) = (X(map.X, names: map.ColumnLabels), Y(map.Y, names: map.RowLabels));
        x.range = new[] { -0.5, map.Values[0].Length - 0.5 };
        // The first row is the uppermost.
        y.range = new[] { map.Values.Length - 0.5, -0.5 };
        (x.showgrid, y.showgrid) = (false, false);
        return Chart(title, [cells], x, y, legend: false);
    }

    private static P.PlotlyChart Chart(string[] title, IEnumerable<P.Trace> traces, P.Xaxis x, P.Yaxis y, bool legend)
    {
        // Under the title the plot is as high as without one.
        var titleHeight = (int)(title.Length * SvgCanvas.TitleSize * SvgCanvas.LineHeight);
        var chart = P.Chart.Plot(traces.ToArray(), new P.Layout.Layout
        {
            title = title.Length > 0 ? $"<b>{string.Join("<br>", Texts(title))}</b>" : null,
            titlefont = title.Length > 0 ? new P.Font { size = SvgCanvas.TitleSize } : null,
            xaxis = x,
            yaxis = y,
            showlegend = legend,
            legend = new P.Legend { orientation = "h", x = 0, y = -0.22, yanchor = "top" },
            height = 440 + titleHeight,
            margin = new P.Margin { l = 56, r = 18, t = 28 + titleHeight, b = 48 },
            hovermode = "closest",
            paper_bgcolor = "#ffffff",
            plot_bgcolor = "#ffffff",
            font = new P.Font { family = "'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif", size = 13, color = SvgCanvas.Ink },
        });
        chart.Height = 440 + titleHeight;
        return chart;
    }

    // Named places by their number, because plotly.js takes names that look like numbers or dates for such.
    private static XAxis X(Axis axis, Ticks? marks = null, string[]? names = null)
    {
        var x = new XAxis { title = Text(axis.Label), gridcolor = SvgCanvas.Faint, linecolor = "#888888", mirror = true, zeroline = false };
        if (marks is not null)
            x.range = new[] { marks.Min, marks.Max };
        if (names is not null)
            (x.tickmode, x.tickvals, x.ticktext, x.showgrid) = ("array", Enumerable.Range(0, names.Length).ToArray(), Texts(names), false);
        return x;
    }

    private static YAxis Y(Axis axis, Ticks? marks = null, string[]? names = null)
    {
        var y = new YAxis { title = Text(axis.Label), gridcolor = SvgCanvas.Faint, linecolor = "#888888", mirror = true, zeroline = false };
        if (marks is not null)
            y.range = new[] { marks.Min, marks.Max };
        if (names is not null)
            (y.tickmode, y.tickvals, y.ticktext, y.showgrid) = ("array", Enumerable.Range(0, names.Length).ToArray(), Texts(names), false);
        return y;
    }

    private static double?[] Numbers(IEnumerable<double> values) => [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];

    private static string[] Texts(IEnumerable<string> texts) => [.. texts.Select(Text)];

    // plotly.js reads tags in texts, links among them.
    private static string Text(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    // What plotly.js has learned since XPlot was written, under its names.
#pragma warning disable IDE1006
    private sealed class Scatter : P.Scatter
    {
        public bool cliponaxis => false;
    }

    private sealed class Bar : P.Bar
    {
        public string[]? hovertext { get; init; }
        public double?[]? width { get; init; }
    }

    private sealed class Heatmap : P.Heatmap
    {
        public string[][]? hovertext { get; init; }
        public string? texttemplate { get; set; }
    }

    private sealed class XAxis : P.Xaxis
    {
        public bool automargin => true;
    }

    private sealed class YAxis : P.Yaxis
    {
        public bool automargin => true;
    }
#pragma warning restore IDE1006
}
