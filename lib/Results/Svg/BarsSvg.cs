namespace Fgsm.Results.Svg;

/// <summary>Draws bar charts and histograms.</summary>
internal static class BarsSvg
{
    public static string Draw(BarChart chart, bool titled)
    {
        var plot = new PlotFrame(chart.Title, chart.X, chart.Y, null, Marks(chart), titled, chart.Categories);
        var slot = (plot.Right - plot.Left) / Math.Max(chart.Categories.Length, 1);
        var width = slot * 0.8 / Math.Max(chart.Series.Count, 1);
        plot.Draw(() =>
        {
            foreach (var (i, series) in chart.Series.Index())
                foreach (var (category, value) in series.Values.Index())
                {
                    var left = plot.Left + category * slot + slot * 0.1 + i * width;
                    Bar(plot, left, width * 0.94, value, Palette.Series(i), $"{series.Name}, {chart.Categories[category]}");
                }
        });
        if (chart.Series.Count > 1)
            plot.Legend([.. chart.Series.Index().Select(s => (s.Item.Name, Key(plot, Palette.Series(s.Index))))]);
        return plot.Document();
    }

    public static string Draw(Histogram histogram, bool titled)
    {
        var (xTicks, yTicks) = Marks(histogram);
        var plot = new PlotFrame(histogram.Title, histogram.X, "Count", xTicks, yTicks, titled);
        plot.Draw(() =>
        {
            foreach (var (i, count) in histogram.Counts.Index())
            {
                var (left, right) = (plot.X(histogram.Edges[i]), plot.X(histogram.Edges[i + 1]));
                Bar(plot, left, Math.Max(right - left - 1, 0.5), count, Palette.Series(0), Bin(histogram.Edges[i], histogram.Edges[i + 1]));
            }
        });
        return plot.Document();
    }

    public static Ticks Marks(BarChart chart) => Ticks.For(chart.Series.SelectMany(s => s.Values), chart.Y, fromZero: chart.Y.Min is null);

    public static (Ticks X, Ticks Y) Marks(Histogram histogram) =>
        (Ticks.For(histogram.Edges, histogram.X, about: 8), Ticks.For(histogram.Counts.Select(n => (double)n), "Count", fromZero: true));

    public static string Bin(double low, double high) => $"{Ticks.Show(low)} to {Ticks.Show(high)}";

    public static string Tip(string name, double value) => $"{name}: {Ticks.Show(value)}";

    private static void Bar(PlotFrame plot, double left, double width, double value, string colour, string name)
    {
        if (!double.IsFinite(value))
            return;
        // From zero, or from the plot's edge where the axis does not show zero.
        var zero = Math.Clamp(plot.Y(0), plot.Top, plot.Bottom);
        var y = Math.Clamp(plot.Y(value), plot.Top, plot.Bottom);
        plot.Canvas.Rectangle(left, Math.Min(y, zero), width, Math.Abs(zero - y), colour, Tip(name, value));
    }

    private static Action<double, double> Key(PlotFrame plot, string colour) => (x, y) => plot.Canvas.Rectangle(x - 8, y - 7, 16, 14, colour);
}
