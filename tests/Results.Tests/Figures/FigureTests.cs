using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Fgsm.Results.Tests;

public class FigureTests
{
    private const string Hostile = "<script>alert(1)</script> & \"q\" ]]> \u0000\ud800";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static LineChart Curve(string text = "curve") =>
        new LineChart(text, new Axis(text, text), new Axis(text, "%"))
            .Add(text, [0, 2, 4, 8], [99, 98.5, double.NaN, 97], low: [98, 98, 98, 96], high: [100, 99, 99, 98], published: [99, double.NaN, 98.35, 96.95]);

    public static TheoryData<string> All => [.. Figures("x").Keys];

    private static Dictionary<string, Figure> Figures(string text) => new()
    {
        ["lines"] = Curve(text),
        ["bars"] = new BarChart(text, text, new Axis(text), [text, "b"]).Add(text, [1, -2]).Add("second", [0, double.NaN]),
        ["histogram"] = Histogram.Of(text, text, [1, 2, 2, 3]),
        ["heatmap"] = new HeatMap(text, text, text, [[1, double.NaN], [-3, 4]], [text, "b"], [text, "d"], Diverging: true, Format: "0.0"),
        ["confusion"] = HeatMap.Confusion(text, [[5, 1], [0, 6]], [text, "b"]),
        ["images"] = new ImageGrid(text, [text, "two"]).AddRow(text, new GridImage(new Picture([0, 255], 1, 1, 2), text), new GridImage(new Picture([1, 2, 3], 3, 1, 1))),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Json_WithItsPropertiesSorted_AsJupyterSavesThem_IsRead(string kind)
    {
        var figure = Figures("x")[kind];
        var sorted = new JsonObject(JsonNode.Parse(figure.ToJson())!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

        Assert.Equal(figure.ToSvg(), Figure.FromJson(sorted.ToJsonString()).ToSvg());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Svg_WithoutItsTitle_StillSaysItToAScreenReader(string kind)
    {
        var svg = XDocument.Parse(Figures("the title")[kind].ToSvg(titled: false));

        Assert.Equal("the title", svg.Root!.Element(Svg + "title")!.Value);
        Assert.DoesNotContain(svg.Descendants(Svg + "text"), text => (string?)text.Attribute("font-weight") == "600");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Json_RoundTripsTheWholeFigure(string kind)
    {
        var figure = Figures("ü 💥 <b>")[kind];
        var back = Figure.FromJson(figure.ToJson());

        Assert.IsType(figure.GetType(), back);
        Assert.Equal(figure.ToJson(), back.ToJson());
        Assert.Equal(figure.ToSvg(), back.ToSvg());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Svg_WithHostileText_IsWellFormedAndShowsItAsText(string kind)
    {
        var svg = XDocument.Parse(Figures(Hostile)[kind].ToSvg());

        Assert.Empty(svg.Descendants(Svg + "script"));
        Assert.Contains("alert(1)", svg.Root!.Element(Svg + "title")!.Value);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Svg_RefersToNothingOutside(string kind)
    {
        var references = XDocument.Parse(Figures("x")[kind].ToSvg()).Descendants().Attributes("href").Select(a => a.Value);

        Assert.All(references, reference => Assert.StartsWith("data:image/png;base64,", reference));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"type":"pie","title":"t"}""")]
    [InlineData("""{"type":"lines"}""")]
    [InlineData("""{"type":"histogram","title":"t","x":{"title":"x"},"edges":[1],"counts":[1]}""")]
    [InlineData("null")]
    public void FromJson_OfSomethingElse_Throws(string json) => Assert.Throws<FormatException>(() => Figure.FromJson(json));

    [Fact]
    public void LineChart_MarksEveryFinitePointAndEveryPublishedOne()
    {
        var svg = XDocument.Parse(Curve().ToSvg());
        var markers = svg.Descendants(Svg + "circle").Where(c => c.Element(Svg + "title") is not null).ToArray();

        Assert.Equal(3, markers.Count(m => m.Attribute("fill")!.Value != "none"));
        Assert.Equal(3, markers.Count(m => m.Attribute("fill")!.Value == "none"));
        Assert.Contains("curve, published: 8, 96.95", markers.Select(m => m.Element(Svg + "title")!.Value));
    }

    [Fact]
    public void LineChart_DrawsPublishedPointsAboveAllLines()
    {
        var chart = new LineChart("t", "x", "y").Add("first", [0, 1], [1, 2], published: [1, 2]).Add("second", [0, 1], [1, 2]);
        var drawn = XDocument.Parse(chart.ToSvg()).Descendants().Where(e => e.Element(Svg + "title") is not null).Select(e => e.Element(Svg + "title")!.Value);

        Assert.Equal(["first, published: 0, 1", "first, published: 1, 2"], drawn.TakeLast(2));
        Assert.Equal("first, published", (string?)JsonNode.Parse(chart.ToPlotly()!)!["data"]!.AsArray()[^1]!["name"]);
    }

    [Fact]
    public void LineChart_WithAPointAtTheAxis_DrawsItsMarkerBesideTheLabels()
    {
        var svg = XDocument.Parse(new LineChart("t", "x", "y").Add("line", [0, 1], [100, 0], published: [100, double.NaN]).ToSvg());
        var (marker, label) = (svg.Descendants(Svg + "circle").Single(c => c.Element(Svg + "title")?.Value == "line, published: 0, 100"), svg.Descendants(Svg + "text").Single(t => t.Value == "100"));

        // A published marker is 6.5 pixels to each side and its line 1 more; the label ends at its x.
        Assert.True((double)marker.Attribute("cx")! - 7.5 > (double)label.Attribute("x")!);
    }

    [Fact]
    public void HeatMap_WritesDigitsThatContrastWithTheirCell_OnEveryShade()
    {
        var svg = XDocument.Parse(new HeatMap("t", "x", "y", [[.. Enumerable.Range(0, 101).Select(i => (double)i)]], Format: "0").ToSvg());
        var cells = svg.Descendants(Svg + "rect").Where(rect => rect.Element(Svg + "title") is not null).Select(rect => (string)rect.Attribute("fill")!);
        var digits = svg.Descendants(Svg + "text").Select(text => (string)text.Attribute("fill")!).Where(fill => fill.StartsWith('#'));

        Assert.All(cells.Zip(digits), pair => Assert.InRange(Contrast(pair.First, pair.Second), 4.5, 21));
        Assert.Equal(101, digits.Count());

        // WCAG 2.2, contrast ratio and relative luminance.
        static double Contrast(string one, string other) =>
            (Math.Max(Luminance(one), Luminance(other)) + 0.05) / (Math.Min(Luminance(one), Luminance(other)) + 0.05);

        static double Luminance(string colour) => new[] { (1, 0.2126), (3, 0.7152), (5, 0.0722) }.Sum(channel =>
            (Convert.ToInt32(colour.Substring(channel.Item1, 2), 16) / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)) * channel.Item2);
    }

    [Fact]
    public void LineChart_WithListsOfDifferentLength_Throws()
    {
        var chart = new LineChart("t", "x", "y");

        Assert.Throws<ArgumentException>(() => chart.Add("a", [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => chart.Add("a", [1, 2], [1, 2], low: [1, 2]));
        Assert.Throws<ArgumentException>(() => chart.Add("a", [1, 2], [1, 2], published: [1]));
    }

    [Fact]
    public void Histogram_CountsEveryValueOnce()
    {
        var histogram = Histogram.Of("t", "x", [0, 0.1, 0.5, 0.9, 1], bins: 2);

        Assert.Equal([0, 0.5, 1], histogram.Edges);
        Assert.Equal([2, 3], histogram.Counts);
    }

    [Fact]
    public void Histogram_OfOneValue_HasABin() => Assert.Equal(3, Histogram.Of("t", "x", [7, 7, 7]).Counts.Sum());

    [Fact]
    public void FromUnit_RoundsToTheNearestLevelAndClips() =>
        Assert.Equal([0, 0, 128, 255, 255], Picture.FromUnit([-1f, 0f, 0.5019608f, 1f, 2f], 1, 1, 5).Pixels);

    [Fact]
    public void FromSigned_IsWhiteAtZeroAndTwoColoursBesideIt()
    {
        var picture = Picture.FromSigned([-0.5f, 0f, 0.5f], 0.5, 1, 3);

        // [3, 1, 3]: blue (0, 114, 178), white, orange (213, 94, 0).
        Assert.Equal([0, 255, 213, 114, 255, 94, 178, 255, 0], picture.Pixels);
    }

    [Fact]
    public void Picture_WithPixelsThatDoNotFit_Throws() => Assert.Throws<ArgumentException>(() => new Picture(new byte[5], 1, 2, 2));
}
