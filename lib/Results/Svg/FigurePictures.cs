using System.Xml.Linq;
using SkiaSharp;
using Svg.Skia;

namespace Fgsm.Results.Svg;

/// <summary>
/// Figures as PNG and as PDF, drawn by Skia from their SVG with the font that comes with the library: the same picture, whatever
/// fonts the machine has.
/// </summary>
public static class FigurePictures
{
    private const float PixelsOfAPixel = 2, MostPixels = 16_384;

    private static readonly Lazy<SKTypeface> Font = new(() =>
    {
        using var font = typeof(FigurePictures).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(font);
    });

    /// <summary>Why no picture can be made on this machine; null when it can.</summary>
    public static string? Missing { get; } = Try();

    /// <summary>The figure with two pixels for each of the page's, or fewer where the file would become too large to be shown.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="titled">False to leave the title to the text around.</param>
    public static byte[] Png(Figure figure, bool titled) => Png(figure.ToSvg(titled), PixelsOfAPixel);

    /// <summary>A figure's SVG as PNG.</summary>
    /// <param name="drawing">What <see cref="FigureSvg"/> wrote.</param>
    /// <param name="pixelsOfAPixel">Pixels for each of the page's; fewer where the file would become too large to be shown.</param>
    internal static byte[] Png(string drawing, float pixelsOfAPixel)
    {
        using var svg = Load(drawing);
        var size = svg.Picture!.CullRect;
        var scale = Math.Min(pixelsOfAPixel, MostPixels / Math.Max(size.Width, size.Height));
        using var bitmap = new SKBitmap((int)Math.Ceiling(size.Width * scale), (int)Math.Ceiling(size.Height * scale));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(scale);
            canvas.DrawPicture(svg.Picture);
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <summary>One page of the figure's size, without its title.</summary>
    public static byte[] Pdf(Figure figure)
    {
        using var svg = Load(figure.ToSvg(titled: false));
        // A page of PDF is measured in 1/72 inch, a pixel of the figure is 1/96.
        const float scale = 72f / 96;
        var size = svg.Picture!.CullRect;
        using var bytes = new MemoryStream();
        using (var pdf = SKDocument.CreatePdf(bytes))
        {
            using var canvas = pdf.BeginPage(size.Width * scale, size.Height * scale);
            canvas.Scale(scale);
            canvas.DrawPicture(svg.Picture);
            pdf.EndPage();
            pdf.Close();
        }
        return bytes.ToArray();
    }

    private static SKSvg Load(string text)
    {
        var drawing = XDocument.Parse(text);
        foreach (var element in drawing.Descendants().ToArray())
        {
            if (element.Name.LocalName == "image")
                Enlarge(element);
            else if (element.Name.LocalName == "text")
                Outline(element);
        }
        var svg = new SKSvg();
        svg.FromSvg(drawing.ToString(SaveOptions.DisableFormatting));
        return svg;
    }

    // As outlines a text needs no font any more, neither on this machine nor in a PDF, which would hold all of it.
    private static void Outline(XElement text)
    {
        using var font = new SKFont(Font.Value, (float)text.Attribute("font-size")!) { Embolden = text.Attribute("font-weight") is not null };
        var shift = (string?)text.Attribute("text-anchor") switch { "middle" => 0.5f, "end" => 1, _ => 0 } * font.MeasureText(text.Value);
        using var path = font.GetTextPath(text.Value, new SKPoint((float)text.Attribute("x")! - shift, (float)text.Attribute("y")!));
        text.ReplaceWith(new XElement(
            text.Name.Namespace + "path", new XAttribute("d", path.ToSvgPathData()), text.Attribute("fill"), text.Attribute("transform")));
    }

    // Svg.Skia does not know "image-rendering: pixelated": it would blur the pixels of a small picture.
    private static void Enlarge(XElement image)
    {
        const string data = "data:image/png;base64,";
        var href = image.Attribute("href")!;
        using var small = SKBitmap.Decode(Convert.FromBase64String(href.Value[data.Length..]));
        var (width, height) = (Pixels("width"), Pixels("height"));
        if (width <= small.Width || height <= small.Height)
            return;
        using var large = small.Resize(new SKImageInfo(width, height), new SKSamplingOptions(SKFilterMode.Nearest));
        using var png = large.Encode(SKEncodedImageFormat.Png, quality: 100);
        href.Value = data + Convert.ToBase64String(png.AsSpan());

        int Pixels(string attribute) => (int)((double)image.Attribute(attribute)! * PixelsOfAPixel);
    }

    private static string? Try()
    {
        try
        {
            _ = Font.Value;
            return null;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException)
        {
            return $"Skia's native library does not load ({(e.InnerException ?? e).Message.Split('\n')[0].TrimEnd('.')})";
        }
    }
}
