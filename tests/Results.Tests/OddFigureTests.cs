using System.Xml.Linq;

namespace Fgsm.Results.Tests;

/// <summary>Figures of equal, huge, tiny and missing values: each is a picture whose coordinates are numbers.</summary>
public class OddFigureTests
{
    public static TheoryData<double[]> Values =>
    [
        [],
        [double.NaN],
        [0],
        [-0.0, 0],
        [7, 7, 7],
        [0.3, 0.1 + 0.2],
        [98.95, 98.95 + 1.5e-14],
        [100, 100 + 1e-14],
        [1e16, 1e16 + 2],
        [1e9, 1e9 + 100],
        [double.Epsilon, 2 * double.Epsilon],
        [1e-320, 1],
        [-double.MaxValue, double.MaxValue],
        [double.MaxValue, double.MaxValue],
        [1e308, double.NegativeInfinity, double.NaN, double.PositiveInfinity],
        [1e300, 1],
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void LineChart_OfAnyValues_IsDrawn(double[] values)
    {
        double[] places = [.. Enumerable.Range(0, values.Length)];

        Draw(new LineChart("t", "x", "y").Add("up", places, values).Add("across", values, places, low: values, high: places, published: values));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void LineChart_WithAnyAxis_IsDrawn(double[] values)
    {
        var axis = new Axis("x", null, values.FirstOrDefault(), values.LastOrDefault());

        Draw(new LineChart("t", axis, axis with { Max = null }).Add("line", [0, 1], [1, 0]));
        Draw(new LineChart("t", axis with { Min = null }, axis).Add("line", [0, 1], [0.25, 0.75]));
    }

    [Fact]
    public void LineChart_OfWholeNumbersOnAnAxisWithoutOne_IsDrawn() =>
        Draw(new LineChart("t", "x", new Axis("y", null, 0.2, 0.8)).Add("line", [0, 1], [0, 1]));

    [Theory]
    [MemberData(nameof(Values))]
    public void BarChart_OfAnyValues_IsDrawn(double[] values) =>
        Draw(new BarChart("t", "x", "y", [.. values.Select((_, i) => $"{i}")]).Add("one", values).Add("two", values));

    [Theory]
    [MemberData(nameof(Values))]
    public void Histogram_OfAnyFiniteValues_CountsAndDrawsThem(double[] values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            Assert.Contains("needs finite values", Assert.Throws<ArgumentException>(() => Histogram.Of("t", "x", finite)).Message);
            return;
        }
        var histogram = Histogram.Of("t", "x", finite);

        Assert.Equal(finite.Length, histogram.Counts.Sum());
        Draw(histogram);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void HeatMap_OfAnyValues_IsDrawn(double[] values)
    {
        if (values.Length == 0)
            return;
        Draw(new HeatMap("t", "x", "y", [values], Format: "0.00"));
        Draw(new HeatMap("t", "x", "y", [.. values.Select(value => new[] { value })], Diverging: true));
    }

    [Fact]
    public void EmptyFigures_AreDrawn()
    {
        Draw(new LineChart("t", "x", "y"));
        Draw(new BarChart("t", "x", "y", []));
        Draw(new ImageGrid("t"));
        Draw(new ImageGrid("t", []).AddRow(null));
    }

    [Fact]
    public void Labels_OfLargeNumbersThatDifferLittle_Differ()
    {
        var svg = new LineChart("t", "x", "y").Add("line", [0, 1], [1e9, 1e9 + 100]).ToSvg();

        var labels = XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text" && e.Value.Contains("e9")).Select(e => e.Value).ToArray();
        Assert.InRange(labels.Length, 3, 10);
        Assert.Equal(labels.Distinct(), labels);
    }

    [Fact]
    public void Wrap_BreaksNoLetterInTwo()
    {
        var svg = new LineChart(string.Concat(Enumerable.Repeat("😀", 200)), "x", "y").ToSvg();

        Assert.DoesNotContain('\ufffd', svg);
    }

    [Theory]
    [InlineData("Z")]
    [InlineData("D")]
    public void FormatThatIsNone_IsRefusedWhereItIsGiven(string format)
    {
        Assert.Contains($"'{format}' is not a .NET number format", Assert.Throws<ArgumentException>(() => new HeatMap("t", "x", "y", [[1]], Format: format)).Message);
        Assert.Contains($"'{format}' is not a .NET number format", Assert.Throws<ArgumentException>(() => new ResultTable("t").Number("n", format: format)).Message);
    }

    private static void Draw(Figure figure)
    {
        var svg = XDocument.Parse(figure.ToSvg());
        // Only texts may say NaN or infinity.
        Assert.All(svg.Descendants().Attributes(), attribute => Assert.DoesNotMatch("NaN|∞|Infinity", attribute.Value));
        figure.ToPlotly();
        Assert.Equal(figure.ToSvg(), Figure.FromJson(figure.ToJson()).ToSvg());
    }
}
