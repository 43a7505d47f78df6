using System.Text.Json.Nodes;
using XPlot.Plotly;

namespace Fgsm.Results.Tests;

public class ChartJsonTests
{
    [Fact]
    public void ToPlotly_OfAReadersChart_SpellsTitlesAsPlotly3WantsThem()
    {
        var chart = Chart.Plot(
            new XPlot.Plotly.Heatmap { z = new[] { new[] { 1.0, 2 } }, colorbar = new Colorbar { title = "loss" } },
            new Layout.Layout { title = "A chart", titlefont = new Font { size = 20 } });
        chart.WithXTitle("eps");
        chart.WithYTitle("accuracy");
        chart.WithSize(600, 300);

        var plot = JsonNode.Parse(chart.ToPlotly())!;

        Assert.Equal("""{"text":"A chart","font":{"size":20}}""", plot["layout"]!["title"]!.ToJsonString().Replace("20.0", "20"));
        Assert.Equal("""{"text":"eps"}""", plot["layout"]!["xaxis"]!["title"]!.ToJsonString());
        Assert.Equal("""{"text":"accuracy"}""", plot["layout"]!["yaxis"]!["title"]!.ToJsonString());
        Assert.Equal("""{"text":"loss"}""", plot["data"]![0]!["colorbar"]!["title"]!.ToJsonString());
        Assert.Equal(300, (double)plot["layout"]!["height"]!);
    }

    [Fact]
    public void ToPlotly_OfNumbersThatAreNone_LeavesGaps()
    {
        var chart = Chart.Plot(new Scatter { x = new[] { 1, 2, 3.0 }, y = new[] { 5, double.NaN, double.PositiveInfinity } });

        Assert.Equal("[5,null,null]", JsonNode.Parse(chart.ToPlotly())!["data"]![0]!["y"]!.ToJsonString().Replace("5.0", "5"));
    }

    [Fact]
    public void ToPlotly_OfTextsThatLookLikeTheScript_IsWhatTheySay()
    {
        const string Hostile = "a\";\n           var layout = {};\n</script>";
        var chart = Chart.Plot(new Scatter { x = new[] { 1.0 }, y = new[] { 2.0 }, name = Hostile });

        Assert.Equal(Hostile, (string?)JsonNode.Parse(chart.ToPlotly())!["data"]![0]!["name"]);
    }

    [Fact]
    public void ToPlotly_OfAFigure_HasItsTitle_UnlessTheTextAroundHasIt()
    {
        var figure = new BarChart("Bars & <more>", "x", "y", ["a"]).Add("ours", [1]);

        Assert.Equal("<b>Bars &amp; &lt;more&gt;</b>", (string?)JsonNode.Parse(figure.ToPlotly()!)!["layout"]!["title"]!["text"]);
        Assert.Null(JsonNode.Parse(figure.ToPlotly(titled: false)!)!["layout"]!["title"]);
    }

    [Fact]
    public void ToXPlot_OfAnImageGrid_IsNoChart() => Assert.Null(new ImageGrid("images").ToXPlot());

    [Fact]
    public void ToXPlot_CanBeExtendedByTheReader()
    {
        var chart = new LineChart("Accuracy", new Axis("eps"), new Axis("accuracy", "%")).Add("ours", [0, 1], [99, 50]).ToXPlot()!;
        chart.WithTitle("Mine");

        var plot = JsonNode.Parse(chart.ToPlotly())!;

        Assert.Equal("Mine", (string?)plot["layout"]!["title"]!["text"]);
        Assert.Equal("accuracy (%)", (string?)plot["layout"]!["yaxis"]!["title"]!["text"]);
        Assert.Equal("ours", (string?)plot["data"]![0]!["name"]);
    }
}
