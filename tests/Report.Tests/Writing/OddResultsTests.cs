using System.Text.Json.Nodes;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SkiaSharp;

namespace Fgsm.Report.Tests;

/// <summary>Tables and figures of odd numbers and odd texts: each is shown in every form, or refused in one line where it is made.</summary>
[Properties(Arbitrary = [typeof(Odd)], MaxTest = 200, Replay = "(2026,11)")]
public sealed class OddResultsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Property]
    public void Figure_IsDrawnByEveryRenderer(int kind, string[] texts, double[] numbers, bool flag)
    {
        if (Made(() => Figure(kind, texts, numbers, flag)) is not { } figure)
            return;

        Assert.All(XDocument.Parse(figure.ToSvg(flag)).Descendants().Attributes(), attribute => Assert.DoesNotMatch("NaN|Infinity", attribute.Value));
        if (figure.ToPlotly() is { } plot)
            Assert.IsType<JsonArray>(JsonNode.Parse(plot)!["data"]);
        using var png = SKBitmap.Decode(FigurePictures.Png(figure, flag));
        Assert.True(png.Width > 100 && png.Height > 50);
        Assert.Equal(figure.ToSvg(), Fgsm.Results.Figures.Figure.FromJson(figure.ToJson()).ToSvg());
    }

    [Property]
    public void Table_IsShownInEveryForm(string[] texts, double?[] numbers, bool flag)
    {
        if (Made(() => Table(texts, numbers, flag)) is not { } table)
            return;

        var lines = table.Rows.Count + 1;
        Assert.Equal(lines, table.ToMarkdown().Split('\n').Count(line => line.StartsWith('|')) - 1);
        Assert.Equal(lines, table.ToLatex().Split('\n').Count(line => line.StartsWith("\\relax", StringComparison.Ordinal)) - (table.Columns.Any(column => column.Group is not null) ? 1 : 0));
        Assert.Contains("</table>", table.ToHtml());
        Assert.Contains("\n", table.ToText());
        Assert.EndsWith("\r\n", table.ToCsv());
        Assert.Equal(table.Digest(), ResultTable.FromJson(table.ToJson()).Digest());
    }

    [Property(MaxTest = 10)]
    public async Task Report_OfThemIsWrittenInEveryFormat_AndReadBack(int kind, string[] texts, double[] numbers, bool flag)
    {
        var figures = Enumerable.Range(0, 5).Select(i => Made(() => Figure(kind % 5 + i, texts, numbers, flag))).OfType<Figure>().Index().Select(figure => new ResultRecord($"f.n{figure.Index}", figure.Item));
        var tables = new[] { Made(() => Table(texts, [.. numbers], flag)) }.OfType<ResultTable>().Select(table => new ResultRecord("f.table", table));
        ResultRecord[] records = [.. figures, .. tables, new("f.text", texts.FirstOrDefault("")), new("f.number", numbers.FirstOrDefault())];
        File.WriteAllText(folder.File("report.md"), string.Concat(records.Select(record => $"{{{{{(record.Kind is "table" or "figure" ? record.Kind : "value")} \"{record.Name}\"}}}}\n\n")));
        var content = Samples.Content(Samples.Records(records));
        var output = Directory.CreateDirectory(folder.File($"out-{Guid.NewGuid():N}")).FullName;

        await new ReportWriter(new ReportTemplate(folder.Path), content, TextWriter.Null, browser: null).WriteAsync(output, Enum.GetValues<ReportFormat>(), default);

        Assert.All(new[] { "report.md", "report.html", "report.tex", "report.docx" }, name => Assert.True(File.Exists(Path.Combine(output, name))));
        Assert.Equal(content.Provenance.Digests, RecordFolder.Read(output).Provenance.Digests);
    }

    private static Figure Figure(int kind, string[] texts, double[] numbers, bool flag)
    {
        var axis = new Axis(Text(texts, 1), flag ? Text(texts, 2) : null, flag ? numbers.FirstOrDefault() : null, flag ? numbers.LastOrDefault() : null);
        double[] places = [.. numbers.Index().Select(number => (double)number.Index)];
        string[] names = [.. numbers.Select((_, i) => Text(texts, i))];
        return Math.Abs(kind % 5) switch
        {
            0 => new LineChart(Text(texts, 0), axis, axis).Add(Text(texts, 3), flag ? numbers : places, numbers, places, numbers, flag ? numbers : null),
            1 => new BarChart(Text(texts, 0), axis, axis, names).Add(Text(texts, 3), numbers).Add("other", places),
            2 => Histogram.Of(Text(texts, 0), axis, numbers, numbers.Length + 1),
            3 => new HeatMap(Text(texts, 0), axis, axis, flag ? [numbers, places] : [.. numbers.Select(number => new[] { number })], flag ? null : names, flag ? names : null, flag, Text(texts, 4)),
            _ => new ImageGrid(Text(texts, 0), flag ? texts : null).AddRow(Text(texts, 1), [.. numbers.Select((number, i) => new GridImage(Picture.FromUnit([(float)number, 0, 0, 1], 1, 2, 2), Text(texts, i)))]),
        };
    }

    private static ResultTable Table(string[] texts, double?[] numbers, bool flag)
    {
        var table = new ResultTable(Text(texts, 0)) { Note = flag ? Text(texts, 1) : null };
        table.Text(Text(texts, 2)).Compared(flag ? Text(texts, 3) : null).Number(Text(texts, 4), Text(texts, 0), flag ? Text(texts, 5) : "0.##");
        foreach (var (i, number) in numbers.Index())
            table.Add(Text(texts, i), number, numbers[^(i + 1)], number);
        return table;
    }

    private static string Text(string[] texts, int index) => texts.Length == 0 ? "text" : texts[index % texts.Length];

    private static T? Made<T>(Func<T> make) where T : class
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            // The text itself may have line ends.
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
            return null;
        }
    }

    /// <summary>Numbers at the edges of what a double holds, and texts that some format could take for its own.</summary>
    public static class Odd
    {
        private static readonly double[] Numbers =
        [
            0, -0.0, 1, 0.3, 0.1 + 0.2, 98.95, 98.95 + 1.5e-14, 1e16, 1e16 + 2, double.Epsilon, 1e-310, 1e300, double.MaxValue, double.MinValue,
            double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        ];

        private static readonly string[] Texts = [.. SampleDocument.Hostile.Split(' '), SampleDocument.Hostile, "", " ", "\n", "a\r\nb", "0.00", "\udc00", "مرحبا", new string('m', 3000), "=1+1", "{{table \"x.y\"}}", "<!-- result 0 -->"];

        public static Arbitrary<double> Doubles() => Arb.From(Gen.OneOf(Gen.Elements(Numbers), ArbMap.Default.GeneratorFor<double>(), Gen.Choose(0, 100).Select(whole => (double)whole)));

        public static Arbitrary<string> Strings() => Arb.From(Gen.OneOf(Gen.Elements(Texts), ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")));
    }
}
