namespace Fgsm.Results.Tests;

public class ResultTableTests
{
    private static ResultTable Sample() =>
        new ResultTable("Baseline") { Note = "a note" }.Text("eps").Compared("Robust accuracy").Number("Time", "s", "0.0", isVolatile: true);

    [Fact]
    public void Compared_TakesTheDifferenceOfOursFromThePublished()
    {
        var table = Sample().Add("2/255", 98.5, 98.25, 1.5);

        Assert.Equal(["eps", "Robust accuracy, published (%)", "Robust accuracy, ours (%)", "Robust accuracy, difference (points)", "Time (s)"], table.Columns.Select(c => c.Header));
        Assert.Equal(-0.25, table.Rows[0][3]);
    }

    [Fact]
    public void Compared_WithNothingPublished_HasNoDifference()
    {
        var table = Sample().Add("16/255", null, 92.7, 1.5);

        Assert.Null(table.Rows[0][3]);
        Assert.Contains("| 16/255 | – | 92.70 | – | 1.5 |", table.ToMarkdown());
    }

    [Fact]
    public void Difference_IsShownWithItsSign()
    {
        var text = Sample().Add("a", 1, 3.5, 0).Add("b", 3.5, 1, 0).Add("c", 1, 1, 0).Add("d", 1, 1.001, 0).ToMarkdown();

        Assert.Contains("| +2.50 |", text);
        Assert.Contains("| -2.50 |", text);
        Assert.Contains("| 1.00 | 1.00 | 0.00 |", text);
    }

    [Fact]
    public void Add_KeepsFullPrecision()
    {
        const double third = 100.0 / 3;
        var table = new ResultTable("t").Percent("p").Add(third);

        Assert.Equal(third, table.Rows[0][0]);
        Assert.Equal("p (%)\r\n33.333333333333336\r\n", table.ToCsv());
        Assert.Contains("33.33 |", table.ToMarkdown());
    }

    [Theory]
    [InlineData(new object[] { "2/255", 1.0, 2.0 }, "needs 4 values and was given 3")]
    [InlineData(new object[] { "2/255", 1.0, 2.0, 3.0, 4.0 }, "needs 4 values and was given 5")]
    [InlineData(new object[] { "2/255", "98", 2.0, 3.0 }, "published")]
    [InlineData(new object[] { 2.0, 98.0, 2.0, 3.0 }, "eps")]
    public void Add_OfARowThatDoesNotFit_SaysWhatDoesNot(object[] cells, string expected)
    {
        var e = Assert.Throws<ArgumentException>(() => Sample().Add(cells));

        Assert.Contains(expected, e.Message);
        Assert.Contains("Baseline", e.Message);
    }

    [Fact]
    public void Json_RoundTripsEveryValue()
    {
        var table = Sample()
            .Add("a \"quoted\" <b>\n\u0001 ü 💥", 98.1, double.NaN, 0.1 + 0.2)
            .Add("NaN", null, double.NegativeInfinity, double.Epsilon);

        var back = ResultTable.FromJson(table.ToJson());

        Assert.Equal((table.Title, table.Note), (back.Title, back.Note));
        Assert.Equal(table.Columns, back.Columns);
        Assert.Equal(table.Rows, back.Rows);
        Assert.Equal(table.Digest(), back.Digest());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"title":"t","columns":[{"name":"a","kind":"colour"}],"rows":[]}""")]
    [InlineData("""{"title":"t","columns":[{"name":"a","kind":"number"}],"rows":[[1,2]]}""")]
    [InlineData("""{"title":"t","columns":[{"name":"a","kind":"number"}],"rows":[["many"]]}""")]
    [InlineData("""{"title":"t","columns":[{"name":"a","kind":"number"}],"rows":[[{}]]}""")]
    public void FromJson_OfSomethingElse_Throws(string json) => Assert.Throws<FormatException>(() => ResultTable.FromJson(json));

    [Fact]
    public void Digest_LeavesOutVolatileColumns()
    {
        var first = Sample().Add("a", 1, 2, 3.0);
        var second = Sample().Add("a", 1, 2, 4.0);

        Assert.Equal(first.Digest(), second.Digest());
    }

    [Fact]
    public void Digest_SeesEveryOtherChange()
    {
        var digests = new[]
        {
            Sample().Add("a", 1, 2, 3),
            Sample().Add("b", 1, 2, 3),
            Sample().Add("a", 1, Math.BitIncrement(2), 3),
            Sample().Add("a", null, 2, 3),
            Sample().Add("a", 1, 2, 3).Add("a", 1, 2, 3),
            new ResultTable("Another title").Text("eps").Compared("Robust accuracy").Number("Time", "s", "0.0", isVolatile: true).Add("a", 1, 2, 3),
        }.Select(table => table.Digest());

        Assert.Equal(6, digests.Distinct().Count());
        Assert.All(digests, digest => Assert.Matches("^[0-9a-f]{64}$", digest));
    }

    [Fact]
    public void Numbers_DoNotDependOnTheCulture()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            var german = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            Thread.CurrentThread.CurrentCulture = german;
            var table = new ResultTable("t").Number("x", format: "0.00").Add(1.5);

            foreach (var text in new[] { table.ToHtml(), table.ToMarkdown(), table.ToCsv(), table.ToLatex(), table.ToText(), table.ToJson() })
            {
                Assert.Contains("1.5", text);
                Assert.DoesNotContain("1,5", text);
            }
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [Fact]
    public void Titled_IsTheSameTableUnderAnotherTitle_AndLeavesTheFirstAsItIs()
    {
        var table = new ResultTable("one") { Note = "n" }.Text("eps").Compared().Add("2", 98, 97);

        var other = table.Titled("two").Add("4", 96, 95);

        Assert.Equal(("one", 1), (table.Title, table.Rows.Count));
        Assert.Equal(("two", "n", 2), (other.Title, other.Note, other.Rows.Count));
        Assert.Equal(["4", 96.0, 95.0, -1.0], other.Rows[1]);
    }
}
