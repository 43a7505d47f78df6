namespace Fgsm.Results.Svg;

internal static class LineChartSvg
{
    public static string Draw(LineChart chart, bool titled)
    {
        var (xTicks, yTicks) = Marks(chart);
        var plot = new PlotFrame(chart.Title, chart.X, chart.Y, xTicks, yTicks, titled);
        plot.Draw(() =>
        {
            foreach (var (i, series) in chart.Series.Index())
                DrawBand(plot, series, Palette.Series(i));
            foreach (var (i, series) in chart.Series.Index())
                DrawLine(plot, series, i);
            // Above all lines: where a published value was reproduced, the two lie on each other.
            foreach (var (i, series) in chart.Series.Index())
                DrawPublished(plot, series, i);
        });
        plot.Legend([.. chart.Series.Index().SelectMany(s => Keys(plot, s.Item, s.Index))]);
        return plot.Document();
    }

    public static (Ticks X, Ticks Y) Marks(LineChart chart)
    {
        var ys = chart.Series.SelectMany(s => s.Ys.Concat(s.Low ?? []).Concat(s.High ?? []).Concat(s.Published ?? []));
        return (Ticks.For(chart.Series.SelectMany(s => s.Xs), chart.X, about: 8).Padded(), Ticks.For(ys, chart.Y));
    }

    public static string Tip(string name, double x, double y) => $"{name}: {Ticks.Show(x)}, {Ticks.Show(y)}";

    /// <summary>The points of a series' error band.</summary>
    public static IReadOnlyList<(double X, double Low, double High)> Known(Series series) =>
        [.. series.Xs.Zip(series.Low!, series.High!).Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second) && double.IsFinite(p.Third))];

    private static void DrawBand(PlotFrame plot, Series series, string colour)
    {
        if (series.Low is null || series.High is null)
            return;
        var known = Known(series);
        plot.Canvas.Area(known.Select(p => (plot.X(p.X), plot.Y(p.High))).Concat(known.Reverse().Select(p => (plot.X(p.X), plot.Y(p.Low)))), colour);
    }

    private static void DrawLine(PlotFrame plot, Series series, int index)
    {
        var colour = Palette.Series(index);
        foreach (var piece in Pieces(series))
            plot.Canvas.Polyline(piece.Select(p => (plot.X(p.X), plot.Y(p.Y))), colour);
        foreach (var (x, y) in Pieces(series).SelectMany(piece => piece))
            plot.Canvas.Marker(plot.X(x), plot.Y(y), index, colour, hollow: false, Tip(series.Name, x, y));
    }

    private static void DrawPublished(PlotFrame plot, Series series, int index)
    {
        foreach (var (x, y) in series.Xs.Zip(series.Published ?? []).Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second)))
            plot.Canvas.Marker(plot.X(x), plot.Y(y), index, Palette.Series(index), hollow: true, Tip($"{series.Name}, published", x, y));
    }

    // A value that is not a number splits the line.
    private static List<List<(double X, double Y)>> Pieces(Series series)
    {
        List<List<(double X, double Y)>> pieces = [[]];
        foreach (var (x, y) in series.Xs.Zip(series.Ys))
        {
            if (double.IsFinite(x) && double.IsFinite(y))
                pieces[^1].Add((x, y));
            else if (pieces[^1].Count > 0)
                pieces.Add([]);
        }
        return [.. pieces.Where(piece => piece.Count > 0)];
    }

    private static IEnumerable<(string, Action<double, double>)> Keys(PlotFrame plot, Series series, int index)
    {
        var colour = Palette.Series(index);
        if (series.Ys.Any(double.IsFinite))
        {
            yield return (series.Name, (x, y) =>
            {
                plot.Canvas.Line(x - 13, y, x + 13, y, colour, 2);
                plot.Canvas.Marker(x, y, index, colour, hollow: false);
            });
        }
        if (series.Published is not null)
            yield return ($"{series.Name}, published", (x, y) => plot.Canvas.Marker(x, y, index, colour, hollow: true));
    }
}
