namespace Fgsm.Reporting;

/// <summary>Figures as static SVG: the same text on any machine, no scripts, no outside references.</summary>
public static class FigureSvg
{
    /// <summary>The figure as an SVG document, also fit to stand inside HTML; all text is encoded.</summary>
    public static string ToSvg(this Figure figure) => figure switch
    {
        LineChart lines => LineChartSvg.Draw(lines),
        BarChart bars => BarsSvg.Draw(bars),
        Histogram histogram => BarsSvg.Draw(histogram),
        HeatMap map => HeatMapSvg.Draw(map),
        ImageGrid grid => ImageGridSvg.Draw(grid),
        _ => throw new NotSupportedException($"No drawing for {figure.GetType().Name}."),
    };
}
