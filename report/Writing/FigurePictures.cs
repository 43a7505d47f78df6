using System.Globalization;
using System.Xml.Linq;

namespace Fgsm.Report;

/// <summary>Figures as PNG and as PDF, drawn by a browser from their SVG: what it shows is what all formats show.</summary>
internal sealed class FigurePictures : IDisposable
{
    private readonly Browser browser;
    private readonly string folder = Directory.CreateTempSubdirectory("fgsm-report-figures-").FullName;

    public FigurePictures(Browser browser) => this.browser = browser;

    public Task<byte[]> PngAsync(Figure figure, bool titled, CancellationToken cancellation)
    {
        var (page, width, height) = Page(figure, titled);
        return browser.PictureAsync(page, width, height, cancellation);
    }

    /// <summary>One page of the figure's size, without its title.</summary>
    public Task<byte[]> PdfAsync(Figure figure, CancellationToken cancellation) => browser.PrintAsync(Page(figure, titled: false).File, ownSize: true, cancellation);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private (string File, double Width, double Height) Page(Figure figure, bool titled)
    {
        var svg = figure.ToSvg(titled);
        var root = XDocument.Parse(svg).Root!;
        var (width, height) = ((double)root.Attribute("width")!, (double)root.Attribute("height")!);
        var file = Path.Combine(folder, "figure.html");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"<!DOCTYPE html><meta charset=\"utf-8\"><style>@page {{ size: {width}px {height}px; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}</style>{svg}"));
        return (file, width, height);
    }
}
