namespace Fgsm.Results.Svg;

/// <summary>
/// What every plot with axes has around its data: title, axis titles, marks, legend. It takes as much room as its texts need
/// and leaves the rest to the data.
/// </summary>
internal sealed class PlotFrame
{
    public const double Width = 720, PlotHeight = 330, Margin = 16;

    private readonly string title;
    private readonly Ticks? xTicks;
    private readonly Ticks yTicks;
    private readonly string[]? categories;

    /// <param name="title">The figure's title.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="xTicks">Marks of the horizontal axis, or null when it has categories.</param>
    /// <param name="yTicks">Marks of the vertical axis.</param>
    /// <param name="titled">Whether the title is drawn.</param>
    /// <param name="categories">Names along the horizontal axis, or null when it has marks.</param>
    public PlotFrame(string title, Axis x, Axis y, Ticks? xTicks, Ticks yTicks, bool titled, string[]? categories = null)
    {
        (this.title, this.xTicks, this.yTicks, this.categories) = (title, xTicks, yTicks, categories);
        Top = DrawTitle(Canvas, title, Width, titled);
        Left = Margin + SvgCanvas.FontSize * 1.8 + yTicks.Values.Max(v => SvgCanvas.Width(yTicks.Label(v))) + 6;
        Right = Width - Margin - 8;
        DrawAxes(x, y);
    }

    public SvgCanvas Canvas { get; } = new();

    public double Left { get; }

    public double Right { get; }

    public double Top { get; }

    public double Bottom => Top + PlotHeight;

    private double Below { get; set; }

    public double X(double value) => Place(Left + (value - xTicks!.Min) / (xTicks.Max - xTicks.Min) * (Right - Left));

    public double Y(double value) => Place(Bottom - (value - yTicks.Min) / (yTicks.Max - yTicks.Min) * PlotHeight);

    public static List<string> TitleLines(string title, double width) => SvgCanvas.Wrap(title, width - 2 * Margin, SvgCanvas.TitleSize * 1.06);

    /// <summary>Draws the title's lines, centred; returns where the space under them begins.</summary>
    public static double DrawTitle(SvgCanvas canvas, string title, double width, bool titled)
    {
        if (!titled)
            return Margin;
        var y = Margin;
        foreach (var line in TitleLines(title, width))
        {
            y += SvgCanvas.TitleSize * SvgCanvas.LineHeight;
            canvas.Text(width / 2, y - 5, line, "middle", SvgCanvas.TitleSize, style: " font-weight=\"600\"");
        }
        return y + 10;
    }

    /// <summary>Draws the data, cut at the plot's edges plus the size of a marker.</summary>
    public void Draw(Action data) => Canvas.Clipped(Left - 8, Top - 8, Right - Left + 16, PlotHeight + 16, data);

    /// <summary>The legend, in as many lines as it needs, under the horizontal axis.</summary>
    public void Legend(IReadOnlyList<(string Name, Action<double, double> Key)> entries)
    {
        const double key = 34, gap = 22;
        var widest = Right - Margin - key;
        var (x, y) = (Left, Below + 8);
        foreach (var (name, draw) in entries)
        {
            var lines = SvgCanvas.Wrap(name, widest);
            var width = key + lines.Max(line => SvgCanvas.Width(line)) + gap;
            if (x > Left && x + width - gap > Width - Margin)
                (x, y) = (Left, y + SvgCanvas.FontSize * 1.5);
            draw(x + 13, y - 5);
            foreach (var (i, line) in lines.Index())
                Canvas.Text(x + key, y + i * SvgCanvas.FontSize * SvgCanvas.LineHeight, line);
            y += (lines.Count - 1) * SvgCanvas.FontSize * SvgCanvas.LineHeight;
            x += width;
        }
        Below = y + 10;
    }

    public string Document() => Canvas.Document(Width, Below + Margin - 4, title);

    // Far outside is far enough: a viewer cannot place a point in a distance of 300 digits.
    private static double Place(double pixel) => Math.Clamp(pixel, -1e5, 1e5);

    private void DrawAxes(Axis x, Axis y)
    {
        foreach (var value in yTicks.Values)
        {
            Canvas.GridLine(Left, Y(value), Right, Y(value));
            Canvas.Text(Left - 8, Y(value) + 5, yTicks.Label(value), "end");
        }
        var names = categories is null ? DrawMarks() : Canvas.ColumnNames(categories, Left, (Right - Left) / Math.Max(categories.Length, 1), Bottom + 4);
        Canvas.Frame(Left, Top, Right - Left, PlotHeight);

        var lineHeight = SvgCanvas.FontSize * SvgCanvas.LineHeight;
        Below = Bottom + 4 + names;
        foreach (var line in SvgCanvas.Wrap(x.Label, Right - Left))
            Canvas.Text((Left + Right) / 2, Below += lineHeight, line, "middle");
        Below += lineHeight;

        var across = Margin + SvgCanvas.FontSize * 0.8;
        Canvas.VerticalText(across, (Top + Bottom) / 2, SvgCanvas.Wrap(y.Label, PlotHeight + 40)[0]);
    }

    private double DrawMarks()
    {
        foreach (var value in xTicks!.Values)
        {
            Canvas.Line(X(value), Bottom, X(value), Bottom + 5, SvgCanvas.Edge);
            Canvas.Text(X(value), Bottom + 20, xTicks.Label(value), "middle");
        }
        return SvgCanvas.FontSize * SvgCanvas.LineHeight;
    }
}
