using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Results.Tests;

/// <summary>What a notebook shows of a record.</summary>
[Collection("what is displayed, by whichever test")]
public sealed class DisplaysTests
{
    private static Dictionary<string, string> Shown(Action record)
    {
        Displays.Register();
        List<DisplayedValue> shown = [];
        using var subscription = Formatter.SubscribeToDisplayedValues(shown.Add);
        record();
        return Assert.Single(shown).FormattedValues.ToDictionary(form => form.MimeType, form => form.Value);
    }

    /// <summary>nbconvert prefers an SVG to a PNG, and strips it of its content.</summary>
    [Fact]
    public void AFigure_IsAPictureBesideTheChart_AndNoSvg()
    {
        var chart = Shown(() => Results.Record("t.chart", new LineChart("A chart", "x", "y").Add("line", [0, 1], [0, 1])));

        Assert.Equal([ChartJson.MimeType, "image/png", "text/plain", ResultRecord.MimeType], chart.Keys);
        Assert.Equal("PNG"u8, Convert.FromBase64String(chart["image/png"]).AsSpan(1, 3));
    }

    [Fact]
    public void ANumberOrText_IsForTheReportOnly()
    {
        Assert.Equal("", Shown(() => Results.Record("t.number", 1.0900000000000034))["text/plain"]);
        var text = Shown(() => Results.Record("t.text", "0fa7898d509279e4"));
        Assert.Equal("", text["text/plain"]);
        Assert.Equal("0fa7898d509279e4", ResultRecord.FromJson(text[ResultRecord.MimeType]).Value);
    }
}
