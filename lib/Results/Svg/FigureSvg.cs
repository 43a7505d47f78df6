namespace Fgsm.Results.Svg;

/// <summary>Figures as static SVG: the same text on any machine, no scripts, no outside references.</summary>
public static class FigureSvg
{
    /// <summary>The figure as an SVG document, also fit to stand inside HTML; all text is encoded.</summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="titled">False to leave the title to the caption of the text around it.</param>
    public static string ToSvg(this Figure figure, bool titled = true) => figure switch
    {
        LineChart lines => LineChartSvg.Draw(lines, titled),
        BarChart bars => BarsSvg.Draw(bars, titled),
        Histogram histogram => BarsSvg.Draw(histogram, titled),
        HeatMap map => HeatMapSvg.Draw(map, titled),
        ImageGrid grid => ImageGridSvg.Draw(grid, titled),
        _ => throw new NotSupportedException($"No drawing for {figure.GetType().Name}."),
    };
}
