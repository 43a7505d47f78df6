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
