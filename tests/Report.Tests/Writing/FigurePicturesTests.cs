using System.Diagnostics;
using SkiaSharp;

namespace Fgsm.Report.Tests;

public sealed class FigurePicturesTests : IDisposable
{
    private static readonly LineChart Chart = new LineChart("A title", "x", "y").Add("line", [0, 1], [0, 1]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Png_HasTwoPixelsForEachOfThePage_AndTheSameBytesEachTime()
    {
        var png = FigurePictures.Png(Chart, titled: true);
        using var bitmap = SKBitmap.Decode(png);

        Assert.Equal(1440, bitmap.Width);
        Assert.Equal(png, FigurePictures.Png(Chart, titled: true));
        Assert.Equal(FigurePictures.Pdf(Chart), FigurePictures.Pdf(Chart));
    }

    // Another library's picture of the same letters would differ at the edges of its strokes: what is asked is that there is ink.
    [Theory]
    [InlineData("Accuracy")]
    [InlineData("ε ≤ 8/255 → ± Δ")]
    [InlineData("Genauigkeit über Größe")]
    public void Png_DrawsTheTextOfTheTitle(string title)
    {
        using var bitmap = SKBitmap.Decode(FigurePictures.Png(new LineChart(title, "x", "y").Add("line", [0, 1], [0, 1]), titled: true));

        var ink = Enumerable.Range(0, 60).Sum(y => Enumerable.Range(0, bitmap.Width).Count(x => bitmap.GetPixel(x, 10 + y).Red < 128));
        Assert.InRange(ink, 60 * title.Replace(" ", "").Length / 2, 600 * title.Length);
    }

    [Fact]
    public void Png_OfSmallPictures_KeepsTheirPixelsSharp()
    {
        var grid = new ImageGrid("t").AddRow(null, new GridImage(new Picture([0, 255, 255, 0], 1, 2, 2)));
        using var bitmap = SKBitmap.Decode(FigurePictures.Png(grid, titled: false));

        // Inside its frame the picture is black and white, and hardly anything between.
        var line = Enumerable.Range(40, 140).Select(x => bitmap.GetPixel(x, 80).Red).ToArray();
        Assert.Equal((0, 255), (line.Min(), line.Max()));
        Assert.InRange(line.Count(grey => grey is > 0 and < 255), 0, 2);
    }

    [Fact]
    public void Png_OfAnEndlessFigure_IsSmallerThanItsPage()
    {
        var map = new HeatMap("t", "x", "y", [[1]], RowLabels: [new string('m', 5000)]);

        using var bitmap = SKBitmap.Decode(FigurePictures.Png(map, titled: true));
        Assert.InRange(bitmap.Width, 8_000, 16_384);
    }

    [Fact]
    public async Task WithoutSkiasNativeLibrary_OneLineNamesIt_AndTheOtherFormatsAreWritten()
    {
        RecordFolder.Write(folder.File("run"), Samples.Content(Samples.Records(new ResultRecord("b.figure", Chart))));
        File.WriteAllText(folder.File("my.md"), "# T\n\n{{figure \"b.figure\"}}\n");
        var program = Directory.CreateDirectory(folder.File("program")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(typeof(ReportRun).Assembly.Location)!))
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));

        string[] export = [Path.Combine(program, "fgsm-report.dll"), "export", folder.File("run"), "--out", folder.File("out"),
            "--template", folder.File("my.md"), "--format", "md,docx"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", export)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Checkout.Above(AppContext.BaseDirectory),
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        Assert.Equal("", await error);
        var lines = (await output).TrimEnd().Split('\n');
        Assert.StartsWith("Not written: docx and the figures as PNG, because Skia's native library does not load (", lines[0]);
        Assert.Equal(2, lines.Length);
        Assert.True(File.Exists(folder.File("out/report.md")));
        Assert.False(File.Exists(folder.File("out/report.docx")));
    }
}
