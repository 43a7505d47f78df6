namespace Fgsm.Report.Tests;

public class RunDifferenceTests
{
    [Fact]
    public void Between_OfEqualRuns_IsEmpty_WhateverTheTimes() =>
        Assert.Empty(Between(Records(98.25, 1.5), Records(98.25, 7)).Rows);

    [Fact]
    public void Between_NamesTheCellsThatDiffer_AtFullPrecision()
    {
        var rows = Between(Records(98.25, 1), Records(98.2500001, 1)).Rows;

        Assert.Equal(["b.table", "2/255: Ours (%)", "98.25", "98.2500001"], rows[0]);
        Assert.Equal(["b.table", "2/255: Difference (points)", "-0.25"], rows[1].Take(3));
        Assert.Equal(["b.value", "", "98.25", "98.2500001"], rows[2]);
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public void Between_NamesWhatOnlyOneHas() =>
        Assert.Equal([["b.x", "", "recorded", "not there"]], Between(Samples.Records(new ResultRecord("b.x", 1.0)), Samples.Records()).Rows);

    [Fact]
    public void Between_OfTablesOfOtherShape_SaysSo()
    {
        var other = new ResultTable("t").Text("eps").Add("2/255");
        var rows = Between(Records(98.25, 1), Samples.Records(new("b.table", other), new("b.value", 98.25))).Rows;

        Assert.Equal(["b.table", "the shape"], Assert.Single(rows).Take(2));
    }

    private static ResultTable Between(RecordSet a, RecordSet b) => RunDifference.Between(a, b, "one", "other");

    private static RecordSet Records(double ours, double seconds) => Samples.Records(
        new("b.table", new ResultTable("t").Text("eps").Compared().Number("Time", "s", isVolatile: true).Add("2/255", 98.5, ours, seconds)),
        new("b.value", ours));
}
