using System.Xml;

namespace Fgsm.Results.Svg;

/// <summary>Writes SVG elements. Coordinates are rounded to 1/100 of a pixel, so that the text is the same on any machine.</summary>
internal sealed class SvgCanvas
{
    public const double FontSize = 14, TitleSize = 17, LineHeight = 1.3;
    public const string Ink = "#222222", Faint = "#d9d9d9";

    private readonly StringBuilder body = new();

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1) =>
        Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" stroke=\"{colour}\" stroke-width=\"{width:0.##}\"/>");

    public void Rectangle(double x, double y, double width, double height, string fill, string? tip = null)
    {
        var title = tip is null ? "" : $"<title>{Escape(tip)}</title>";
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{fill}\">{title}</rect>");
    }

    public void Frame(double x, double y, double width, double height) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"none\" stroke=\"#888888\"/>");

    public void Polyline(IEnumerable<(double X, double Y)> points, string colour) =>
        Add($"<polyline points=\"{Points(points)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>");

    public void Area(IEnumerable<(double X, double Y)> points, string colour) =>
        Add($"<polygon points=\"{Points(points)}\" fill=\"{colour}\" fill-opacity=\"0.18\"/>");

    /// <summary>A marker of one of four shapes; hollow for a published point.</summary>
    public void Marker(double x, double y, int shape, string colour, bool hollow, string? tip = null)
    {
        var r = hollow ? 6.5 : 4;
        var paint = hollow ? $"fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"" : $"fill=\"{colour}\"";
        var title = tip is null ? "" : $"<title>{Escape(tip)}</title>";
        if (shape % 4 == 0)
        {
            Add($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{r:0.##}\" {paint}>{title}</circle>");
            return;
        }
        (double X, double Y)[] corners = (shape % 4) switch
        {
            1 => [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            2 => [(x, y - 1.2 * r), (x + 1.2 * r, y + r), (x - 1.2 * r, y + r)],
            _ => [(x, y - 1.35 * r), (x + 1.35 * r, y), (x, y + 1.35 * r), (x - 1.35 * r, y)],
        };
        Add($"<polygon points=\"{Points(corners)}\" {paint}>{title}</polygon>");
    }

    /// <param name="x">Where the text is anchored.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="text">One line.</param>
    /// <param name="anchor">"start", "middle" or "end".</param>
    /// <param name="size">Font size in pixels.</param>
    /// <param name="fill">Colour.</param>
    /// <param name="style">More attributes.</param>
    public void Text(double x, double y, string text, string anchor = "start", double size = FontSize, string fill = Ink, string style = "") =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\" font-size=\"{size:0.##}\" fill=\"{fill}\"{style}>{Escape(text)}</text>");

    public void VerticalText(double x, double y, string text) =>
        Text(x, y, text, "middle", style: Turned(x, y));

    /// <summary>Names under the columns of a plot: level, in several lines where that is enough, else turned. Returns their height.</summary>
    public double ColumnNames(IReadOnlyList<string> names, double left, double slot, double top)
    {
        const double line = FontSize * LineHeight;
        var level = names.SelectMany(name => name.Split(' ')).All(word => Width(word) <= slot - 2);
        var wrapped = names.Select(name => Wrap(name, slot - 2)).ToArray();
        for (var i = 0; i < names.Count; i++)
        {
            var x = left + (i + 0.5) * slot;
            if (!level)
                Text(x + 5, top + 4, names[i], "end", style: Turned(x + 5, top + 4));
            else
                foreach (var (row, part) in wrapped[i].Index())
                    Text(x, top + (row + 0.85) * line, part, "middle");
        }
        return level ? wrapped.Select(lines => lines.Count).DefaultIfEmpty(1).Max() * line : names.Max(name => Width(name)) + 8;
    }

    public void Image(double x, double y, double width, double height, Picture picture)
    {
        var data = Convert.ToBase64String(Png.Encode(picture));
        Add($"<image x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>");
    }

    /// <summary>What <paramref name="draw"/> draws is cut at this rectangle; coordinates stay those of the whole.</summary>
    public void Clipped(double x, double y, double width, double height, Action draw)
    {
        // A nested svg clips without an id, and ids of two figures on one page would clash.
        Add($"<svg x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" viewBox=\"{x:0.##} {y:0.##} {width:0.##} {height:0.##}\" overflow=\"hidden\">");
        draw();
        Add($"</svg>");
    }

    /// <summary>The whole document on a white plate, so that it reads on any background.</summary>
    public string Document(double width, double height, string title) =>
        string.Create(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:0}\" height=\"{height:0}\" viewBox=\"0 0 {width:0} {height:0}\" ")
        + "role=\"img\" font-family=\"'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif\" style=\"max-width:100%;height:auto\">\n"
        + $"<title>{Escape(title)}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n";

    /// <summary>How wide a text may be at most, in pixels: estimated, generously, for common sans-serif fonts.</summary>
    public static double Width(string text, double size = FontSize) => size * text.Sum(c => c switch
    {
        'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '|' or '\'' or '!' or ' ' => 0.34,
        'f' or 't' or 'r' or '(' or ')' or '/' or '-' or '[' or ']' => 0.42,
        'm' or 'w' or 'M' or 'W' or '%' or '@' => 0.98,
        >= 'A' and <= 'Z' => 0.74,
        <= '~' => 0.64,
        >= '\u2e80' => 1.0,
        _ => 0.66,
    });

    /// <summary>Breaks a text into lines that fit; a word that is too long alone is broken too.</summary>
    public static List<string> Wrap(string text, double width, double size = FontSize)
    {
        List<string> lines = [];
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ').SelectMany(w => Pieces(w, width, size)))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && Width(longer, size) > width)
                {
                    lines.Add(line);
                    line = word;
                }
                else
                {
                    line = longer;
                }
            }
            lines.Add(line);
        }
        return lines;
    }

    private static IEnumerable<string> Pieces(string word, double width, double size)
    {
        while (word.Length > Letter(word) && Width(word, size) > width)
        {
            var fits = Letter(word);
            while (Width(word[..(fits + 1)], size) <= width)
                fits++;
            // Not between the two halves of one letter.
            if (char.IsSurrogatePair(word, fits - 1))
                fits--;
            yield return word[..fits];
            word = word[fits..];
        }
        yield return word;
    }

    // How many chars its first letter has.
    private static int Letter(string word) => word.Length > 1 && char.IsSurrogatePair(word, 0) ? 2 : 1;

    private static string Turned(double x, double y) => string.Create(CultureInfo.InvariantCulture, $" transform=\"rotate(-90 {x:0.##} {y:0.##})\"");

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.##},{p.Y:0.##}")));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogatePair(text, i))
                escaped.Append(c).Append(text[++i]);
            else
                escaped.Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => XmlConvert.IsXmlChar(c) ? c.ToString() : "\ufffd" });
        }
        return escaped.ToString();
    }

    private void Add(FormattableString element) => body.Append(FormattableString.Invariant(element)).Append('\n');
}
