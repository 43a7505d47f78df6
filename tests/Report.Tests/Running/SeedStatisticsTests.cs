namespace Fgsm.Report.Tests;

public class SeedStatisticsTests
{
    // Mean and sample standard deviation of 2, 4, 4, 4, 5, 5, 7, 9: 5 and sqrt(32 / 7).
    private static readonly double[] Values = [2, 4, 4, 4, 5, 5, 7, 9];

    [Fact]
    public void Of_SeveralSeeds_GivesMeanAndDeviationBesideThePublishedValue()
    {
        var record = Assert.Single(SeedStatistics.Of(Records(Values[0]), [.. Values.Select(value => SeedStatistics.Values(Records(value)))]));
        var table = (ResultTable)record.Value;

        Assert.Equal("b.table.seeds", record.Name);
        Assert.Equal(["eps", "Accuracy, published", "Accuracy, ours", "Accuracy, difference", "Accuracy, standard deviation", "Seeds"], table.Columns.Select(c => c.FullName));
        Assert.Equal(["2/255", 6.0, 5.0, -1.0, Math.Sqrt(32.0 / 7), 8.0], table.Rows[0]);
        Assert.Equal(["4/255", null, 5.0, null, Math.Sqrt(32.0 / 7), 8.0], table.Rows[1]);
    }

    [Fact]
    public void Of_OneSeed_GivesNothing() => Assert.Empty(SeedStatistics.Of(Records(1), [SeedStatistics.Values(Records(1))]));

    [Fact]
    public void Of_TablesWithoutPublishedValues_GivesNothing()
    {
        var records = Samples.Records(new ResultRecord("b.table", new ResultTable("t").Text("a").Percent("Accuracy").Add("x", 1)));

        Assert.Empty(SeedStatistics.Of(records, [SeedStatistics.Values(records), SeedStatistics.Values(records)]));
    }

    [Fact]
    public void Of_TablesOfOtherShapes_GivesNothing()
    {
        var shorter = Samples.Records(new ResultRecord("b.table", new ResultTable("t").Text("eps").Text("what differs").Compared("Accuracy").Number("Loss").Add("2/255", "", 6, 1, 0.1)));

        Assert.Empty(SeedStatistics.Of(Records(1), [SeedStatistics.Values(Records(1)), SeedStatistics.Values(shorter)]));
    }

    private static RecordSet Records(double ours) => Samples.Records(new ResultRecord(
        "b.table", new ResultTable("t").Text("eps").Text("what differs").Compared("Accuracy").Number("Loss").Add("2/255", $"{ours}", 6, ours, 0.1).Add("4/255", "", null, ours, 0.2)));
}
