namespace Fgsm.Results.Tests;

public class ResultRecordTests
{
    [Theory]
    [InlineData("b.baseline")]
    [InlineData("b.baseline.clean")]
    [InlineData("e2.table_2")]
    public void Name_DottedLowerCase_IsTaken(string name) => Assert.Equal(name, new ResultRecord(name, 1.0).Name);

    [Theory]
    [InlineData("")]
    [InlineData("baseline")]
    [InlineData("b.")]
    [InlineData(".b")]
    [InlineData("b..c")]
    [InlineData("B.baseline")]
    [InlineData("b.base line")]
    [InlineData("b.../../etc/passwd")]
    [InlineData("b.baseline\n")]
    public void Name_OfAnotherForm_Throws(string name) =>
        Assert.Contains("b.baseline", Assert.Throws<ArgumentException>(() => new ResultRecord(name, 1.0)).Message);

    [Fact]
    public void Json_RoundTripsEveryKind()
    {
        ResultRecord[] records =
        [
            new("b.table", new ResultTable("t").Text("a").Add("x")),
            new("b.figure", new LineChart("f", "x", "y").Add("s", [1], [2])),
            new("b.number", 0.1 + 0.2),
            new("b.nan", double.NaN),
            new("b.text", "a \"text\" </script>"),
        ];

        var back = records.Select(record => ResultRecord.FromJson(record.ToJson())).ToArray();

        Assert.Equal(["table", "figure", "number", "number", "text"], back.Select(r => r.Kind));
        Assert.Equal(records.Select(r => r.ToJson()), back.Select(r => r.ToJson()));
        Assert.Equal(records[2..], back[2..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"name":"b.x","kind":"sound","value":1}""")]
    [InlineData("""{"name":"b.x","kind":"number","value":"many"}""")]
    [InlineData("""{"name":"b","kind":"number","value":1}""")]
    [InlineData("""{"name":"b.x","kind":"table","value":{}}""")]
    public void FromJson_OfSomethingElse_Throws(string json) => Assert.Throws<FormatException>(() => ResultRecord.FromJson(json));

    [Fact]
    public void Record_CallsTheListenerWithTheNamedValue()
    {
        List<ResultRecord> seen = [];
        Results.Recorded = seen.Add;
        try
        {
            Results.Record("b.clean", 99);
            Results.Record("b.text", "text");
        }
        finally
        {
            Results.Recorded = null;
        }

        Assert.Equal([new("b.clean", 99.0), new("b.text", "text")], seen);
    }

    [Fact]
    public void Record_WithABadName_ThrowsEvenWhenNobodyListens() => Assert.Throws<ArgumentException>(() => Results.Record("nodots", 1));

    [Fact]
    public void Progress_RoundTripsAsJson()
    {
        var progress = new Progress("baseline", 2, 5, 100, 469, 0.25, 97.5);

        Assert.Equal(progress, Progress.FromJson(progress.ToJson()));
        Assert.Equal("""{"title":"baseline","epoch":2,"epochs":5,"step":100,"steps":469,"loss":0.25,"accuracy":97.5}""", progress.ToJson());
        Assert.Throws<FormatException>(() => Progress.FromJson("{}"));
    }

    [Theory]
    [InlineData(1, 4, 0, 10, 0.0)]
    [InlineData(2, 4, 5, 10, 0.375)]
    [InlineData(4, 4, 10, 10, 1.0)]
    [InlineData(0, 0, 5, 10, 0.5)]
    [InlineData(0, 0, 0, 0, 0.0)]
    public void Progress_Fraction_CountsEpochsAndSteps(int epoch, int epochs, int step, int steps, double expected) =>
        Assert.Equal(expected, new Progress("t", epoch, epochs, step, steps).Fraction());
}
