using Microsoft.Data.Analysis;

namespace Fgsm.Results.Tests;

public class TableDataFrameTests
{
    private static ResultTable Sample() => new ResultTable("Baseline (MNIST)") { Note = "the first 100 images" }
        .Text("eps").Compared("Robust accuracy").Number("Time", "s", "0.0", isVolatile: true)
        .Add("2/255", 98.68, 98.57, 1.25)
        .Add("16/255", null, 1 / 3.0, double.NaN)
        .Add(null, 96.95, null, null);

    [Fact]
    public void ToDataFrame_HasAColumnForEachOfTheTables_AndLeavesEmptyCellsEmpty()
    {
        var frame = Sample().ToDataFrame();

        Assert.Equal(
            ["eps", "Robust accuracy, published (%)", "Robust accuracy, ours (%)", "Robust accuracy, difference (points)", "Time (s)"],
            frame.Columns.Select(column => column.Name));
        Assert.Equal(["2/255", "16/255", null], frame.Columns[0].Cast<string?>());
        Assert.Equal([98.68, null, 96.95], frame.Columns[1].Cast<double?>());
        Assert.Equal([98.57, 1 / 3.0, null], frame.Columns[2].Cast<double?>());
        Assert.Equal([1.25, double.NaN, null], frame.Columns[4].Cast<double?>());
    }

    [Fact]
    public void ToResultTable_OfTheFrameOfATable_IsTheTable()
    {
        var table = Sample();

        Assert.Equal(table.ToJson(), table.ToDataFrame().ToResultTable(like: table).ToJson());
    }

    [Fact]
    public void ToResultTable_OfAFilteredFrame_KeepsUnitsAndFormats()
    {
        var table = Sample();
        var frame = table.ToDataFrame();

        var known = frame.Filter(frame["Robust accuracy, published (%)"].ElementwiseIsNotNull()).ToResultTable("Published only", table);

        Assert.Equal("Published only", known.Title);
        Assert.Null(known.Note);
        Assert.Equal(table.Columns, known.Columns);
        Assert.Equal(["2/255", null], known.Rows.Select(row => row[0]));
        Assert.Contains("| 2/255 | 98.68 | 98.57 | -0.11 | 1.3 |", known.ToMarkdown());
    }

    [Fact]
    public void ToResultTable_OfAnyFrame_TakesNumbersTruthValuesAndTexts()
    {
        var frame = new DataFrame(
            new Int32DataFrameColumn("image", [3, 4]),
            new BooleanDataFrameColumn("correct", [true, false]),
            new SingleDataFrameColumn("confidence", [0.5f, 0.25f]),
            new StringDataFrameColumn("digit", ["seven", "two"]));

        var table = frame.ToResultTable("Two images");

        Assert.Equal([ColumnKind.Number, ColumnKind.Text, ColumnKind.Number, ColumnKind.Text], table.Columns.Select(column => column.Kind));
        Assert.Equal([3.0, "yes", 0.5, "seven"], table.Rows[0]);
        Assert.Equal([4.0, "no", 0.25, "two"], table.Rows[1]);
    }

    [Fact]
    public void ToResultTable_WithoutATitle_Throws() => Assert.Throws<ArgumentException>(() => new DataFrame().ToResultTable());
}
