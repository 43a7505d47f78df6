namespace Fgsm.Results.Svg;

internal static class HeatMapSvg
{
    private const double Margin = PlotFrame.Margin, Line = SvgCanvas.FontSize * SvgCanvas.LineHeight, Bar = 16;

    public static string Draw(HeatMap map, bool titled)
    {
        var canvas = new SvgCanvas();
        var (rows, columns) = (map.Values.Length, map.Values[0].Length);
        var scale = Scale(map);

        string[][]? texts = map.Format is null
            ? null
            : [.. map.Values.Select(row => row.Select(value => Shown(map, value)).ToArray())];
        var widestText = texts?.Max(row => row.Max(text => SvgCanvas.Width(text))) ?? 0;
        var cell = Math.Max(Math.Clamp(420.0 / Math.Max(rows, columns), 1, 44), widestText + 6);
        var cellHeight = Math.Min(cell, Math.Max(420.0 / rows, texts is null ? 1 : Line + 4));

        var longestRowLabel = map.RowLabels?.Max(label => SvgCanvas.Width(label)) ?? 0;
        var left = Margin + Line + longestRowLabel + 14;
        var (lowest, highest) = (Number(scale.Min), Number(scale.Max));
        var barRoom = 22 + Bar + 8 + Math.Max(SvgCanvas.Width(lowest), SvgCanvas.Width(highest));
        var width = Math.Max(left + columns * cell + barRoom + Margin, 360);
        var top = PlotFrame.DrawTitle(canvas, map.Title, width, titled);
        var (right, bottom) = (left + columns * cell, top + rows * cellHeight);

        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                var colour = scale.Colour(map.Values[r][c]);
                var (x, y) = (left + c * cell, top + r * cellHeight);
                // A hair wider than the cell, so that no background shines through between two cells.
                canvas.Rectangle(x, y, cell + 0.3, cellHeight + 0.3, colour.ToString(), Tip(map, r, c));
                if (texts is not null)
                    canvas.Text(x + cell / 2, y + cellHeight / 2 + 5, texts[r][c], "middle", fill: colour.Ink);
            }
            if (map.RowLabels is not null)
                canvas.Text(left - 8, top + (r + 0.5) * cellHeight + 5, map.RowLabels[r], "end");
        }
        canvas.Frame(left, top, columns * cell, rows * cellHeight);
        DrawBar(canvas, scale, right + 22, top, bottom, lowest, highest);

        var below = bottom + 4;
        if (map.ColumnLabels is not null)
            below += canvas.ColumnNames(map.ColumnLabels, left, cell, below);
        canvas.Text((left + right) / 2, below += Line, map.X.Label, "middle");
        canvas.VerticalText(Margin + SvgCanvas.FontSize * 0.8, (top + bottom) / 2, map.Y.Label);
        return canvas.Document(width, below + Margin, map.Title);
    }

    public static string Tip(HeatMap map, int row, int column) =>
        $"{map.Y.Title} {map.RowLabels?[row] ?? $"{row}"}, {map.X.Title} {map.ColumnLabels?[column] ?? $"{column}"}: {Ticks.Show(map.Values[row][column])}";

    /// <summary>A value as it stands in its cell; one of many digits in short, so that a cell stays a cell.</summary>
    public static string Shown(HeatMap map, double value) =>
        value.ToString(map.Format, CultureInfo.InvariantCulture) is { Length: <= 16 } text ? text : value.ToString("0.##e0", CultureInfo.InvariantCulture);

    private static void DrawBar(SvgCanvas canvas, ColourScale scale, double x, double top, double bottom, string lowest, string highest)
    {
        const int steps = 64;
        var height = (bottom - top) / steps;
        for (var i = 0; i < steps; i++)
        {
            var value = scale.Max - (scale.Max - scale.Min) * (i + 0.5) / steps;
            canvas.Rectangle(x, top + i * height, Bar, height + 0.3, scale.Colour(value).ToString());
        }
        canvas.Frame(x, top, Bar, bottom - top);
        canvas.Text(x + Bar + 6, top + 11, highest);
        canvas.Text(x + Bar + 6, bottom, lowest);
        if (scale.Diverging)
            canvas.Text(x + Bar + 6, (top + bottom) / 2 + 5, "0");
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) is 0 or >= 0.01 ? "0.##" : "0.##e0", CultureInfo.InvariantCulture);

    public static ColourScale Scale(HeatMap map)
    {
        double[] finite = [.. map.Values.SelectMany(row => row).Where(double.IsFinite).Select(Ticks.Drawable)];
        if (map.Diverging)
        {
            var most = finite.Select(Math.Abs).DefaultIfEmpty(1).Max();
            return new ColourScale(-(most > 0 ? most : 1), most > 0 ? most : 1, true);
        }
        var (min, max) = (Math.Min(finite.DefaultIfEmpty(0).Min(), 0), finite.DefaultIfEmpty(1).Max());
        return new ColourScale(min, max > min ? max : min + Math.Max(1, Math.Abs(min) / 1000), false);
    }

    public sealed record ColourScale(double Min, double Max, bool Diverging)
    {
        public Palette.Rgb Colour(double value) =>
            Diverging ? Palette.Diverging(value / Max) : Palette.Sequential((value - Min) / (Max - Min));
    }
}
