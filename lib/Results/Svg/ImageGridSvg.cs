namespace Fgsm.Results.Svg;

internal static class ImageGridSvg
{
    private const double Margin = PlotFrame.Margin, CaptionSize = 13, Line = CaptionSize * SvgCanvas.LineHeight, Gap = 14, Target = 96;

    public static string Draw(ImageGrid grid, bool titled)
    {
        var canvas = new SvgCanvas();
        var columns = Math.Max(grid.Rows.Select(row => row.Images.Length).DefaultIfEmpty(0).Max(), grid.ColumnLabels?.Length ?? 0);
        var labels = grid.Rows.Select(row => SvgCanvas.Wrap(row.Label ?? "", 150)).ToArray();
        var labelRoom = labels.SelectMany(lines => lines).Select(line => SvgCanvas.Width(line)).DefaultIfEmpty(0).Max();
        var left = Margin + labelRoom + (labelRoom > 0 ? 12 : 0);

        var cell = Math.Max(grid.Rows.SelectMany(row => row.Images).Select(image => Size(image.Picture).Width).DefaultIfEmpty(Target).Max(), Target);
        var headings = (grid.ColumnLabels ?? []).Select(label => SvgCanvas.Wrap(label, cell + Gap - 4)).ToArray();
        var width = Math.Max(left + columns * (cell + Gap) - Gap + Margin, 360);

        var y = PlotFrame.DrawTitle(canvas, grid.Title, width, titled);
        foreach (var (c, lines) in headings.Index())
            DrawLines(canvas, lines, left + c * (cell + Gap) + cell / 2, y, SvgCanvas.FontSize);
        if (headings.Length > 0)
            y += headings.Max(lines => lines.Count) * SvgCanvas.FontSize * SvgCanvas.LineHeight + 8;

        foreach (var (r, row) in grid.Rows.Index())
        {
            var captions = row.Images.Select(image => SvgCanvas.Wrap(image.Caption ?? "", cell + Gap - 4, CaptionSize)).ToArray();
            var rowHeight = row.Images.Select(image => Size(image.Picture).Height).DefaultIfEmpty(0).Max();
            var labelTop = y + rowHeight / 2 - labels[r].Count * SvgCanvas.FontSize * SvgCanvas.LineHeight / 2;
            foreach (var (i, line) in labels[r].Index())
                canvas.Text(Margin, labelTop + (i + 0.8) * SvgCanvas.FontSize * SvgCanvas.LineHeight, line);
            foreach (var (c, image) in row.Images.Index())
            {
                var (imageWidth, imageHeight) = Size(image.Picture);
                var middle = left + c * (cell + Gap) + cell / 2;
                canvas.Image(middle - imageWidth / 2, y, imageWidth, imageHeight, image.Picture);
                canvas.Frame(middle - imageWidth / 2, y, imageWidth, imageHeight);
                DrawLines(canvas, captions[c], middle, y + rowHeight + 4, CaptionSize);
            }
            var captionLines = row.Images.Any(image => image.Caption is not null) ? captions.Max(lines => lines.Count) : 0;
            y += rowHeight + captionLines * Line + Gap;
        }
        return canvas.Document(width, y + Margin - Gap + 8, grid.Title);
    }

    /// <summary>How large a picture is shown: a whole number of screen pixels for each of its own; a large picture is shrunk.</summary>
    public static (double Width, double Height) Size(Picture picture)
    {
        var longer = Math.Max(picture.Width, picture.Height);
        var scale = longer <= Target ? Math.Floor(Target / longer) : Target * 2 < longer ? Target * 2 / longer : 1;
        return (picture.Width * scale, picture.Height * scale);
    }

    private static void DrawLines(SvgCanvas canvas, List<string> lines, double x, double top, double size)
    {
        foreach (var (i, line) in lines.Index())
            canvas.Text(x, top + (i + 0.85) * size * SvgCanvas.LineHeight, line, "middle", size);
    }
}
