namespace Fgsm.Report.Tests;

public class NotebookFileTests : IDisposable
{
    private readonly SampleCheckout checkout = new();

    public void Dispose() => checkout.Dispose();

    [Fact]
    public void All_AreInTheOrderOfTheirNames_WithTheirTitles()
    {
        checkout.Add("10-last", ["var x = 1;"]);
        checkout.Add("02-first", ["var x = 1;"]);

        Assert.Equal(["Title of 02-first", "Title of 10-last"], NotebookFile.All(checkout.Repository).Select(n => n.Title));
    }

    [Fact]
    public void All_OfNone_SaysSo() => Assert.Contains("no notebooks here", Assert.Throws<ReportException>(() => NotebookFile.All(checkout.Repository)).Message);

    [Fact]
    public void Parameters_AreTheVariablesOfTheTaggedCell()
    {
        checkout.Add("01-a", ["// var not = 1;\nvar quick = false; int seed = 42, more;\nstring data = \"var x = 1;\";", "var other = 1;"]);

        var parameters = NotebookFile.All(checkout.Repository)[0].Parameters;

        Assert.Equal(["data", "more", "quick", "seed"], parameters.Keys.Order());
        Assert.Equal(("42", null), (parameters["seed"], parameters["more"]));
    }

    [Fact]
    public void Parameters_OfACellWithAnyCode_AreTheVariablesOfItsOwn()
    {
        checkout.Add("01-a", ["int seed = 7;\nint Twice(int x) { var seed = 2 * x; return seed; }\nvar one = (int seed) => { var quick = true; return quick; };\nforeach (var i in new[] { 1 }) { var inner = i; }\n{ var inner = 2; }\nif ("]);

        var parameters = NotebookFile.All(checkout.Repository)[0].Parameters;

        Assert.Equal(["one", "seed"], parameters.Keys.Order());
        Assert.Equal("7", parameters["seed"]);
    }

    [Theory]
    [InlineData("Results.Record(\"a.b\", 1.0); // Results.Record(\"a.comment\", 1.0);", "a.b")]
    [InlineData("#!import setup.csx\nResults.Record($\"a.{key}.c\", 1.0);", "a.*.c")]
    [InlineData("Results.Record(name, 1.0);", "*")]
    [InlineData("var x = 1;", "*")]
    public void RecordNames_AreThoseOfTheSources(string source, string expected)
    {
        checkout.Add("01-a", ["", source]);

        Assert.Equal([expected], NotebookFile.All(checkout.Repository)[0].RecordNames);
    }

    [Theory]
    [InlineData("02-second")]
    [InlineData("02-second.ipynb")]
    [InlineData("02")]
    [InlineData("2")]
    public void Select_FindsANotebookByNameAndNumber(string asked)
    {
        checkout.Add("01-first", ["var x = 1;"]);
        checkout.Add("02-second", ["var x = 1;"]);

        Assert.Equal(["02-second"], NotebookFile.Select(NotebookFile.All(checkout.Repository), [asked]).Select(n => n.Name));
    }

    [Fact]
    public void Select_KeepsTheReadingOrder()
    {
        checkout.Add("01-first", ["var x = 1;"]);
        checkout.Add("02-second", ["var x = 1;"]);

        Assert.Equal(["01-first", "02-second"], NotebookFile.Select(NotebookFile.All(checkout.Repository), ["2", "1"]).Select(n => n.Name));
    }

    [Fact]
    public void Select_OfAnUnknownName_ListsWhatThereIs()
    {
        checkout.Add("01-first", ["var x = 1;"]);

        var e = Assert.Throws<ReportException>(() => NotebookFile.Select(NotebookFile.All(checkout.Repository), ["7"]));

        Assert.Equal("--only 7: no such notebook; there are 01-first.", e.Message);
        Assert.True(e.IsUsage);
    }
}
