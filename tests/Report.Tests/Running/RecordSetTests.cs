namespace Fgsm.Report.Tests;

public class RecordSetTests
{
    [Fact]
    public void Add_FindsRecordsAmongOtherOutputs()
    {
        var records = Samples.Records(new("b.clean", 99.0), new("b.text", "text"));

        Assert.Equal(99.0, records.Get<double>("b.clean", "value"));
        Assert.Equal(["b.clean", "b.text"], records.All.Select(r => r.Name));
    }

    [Fact]
    public void Add_OfTwoWithOneNameInANotebook_KeepsTheLater() =>
        Assert.Equal(2.0, Samples.Records(new("b.x", 1.0), new("b.x", 2.0)).Get<double>("b.x", "value"));

    [Fact]
    public void Add_OfANameThatAnotherNotebookHas_NamesBoth()
    {
        var records = Samples.Records(new ResultRecord("b.x", 1.0));

        var e = Assert.Throws<ReportException>(() => records.Add("03-other", Samples.Executed(new ResultRecord("b.x", 1.0))));

        Assert.StartsWith("03-other: records 'b.x'", e.Message);
    }

    [Fact]
    public void Add_OfABrokenRecord_NamesTheNotebook()
    {
        var notebook = Samples.Executed(new ResultRecord("b.x", 1.0));
        notebook.Cells[0].Outputs[0]["data"]![ResultRecord.MimeType] = new System.Text.Json.Nodes.JsonObject { ["name"] = "b.x" };

        Assert.StartsWith("01-sample: Not a result record", Assert.Throws<ReportException>(() => new RecordSet().Add("01-sample", notebook)).Message);
    }

    [Fact]
    public void Get_OfAnUnknownName_ListsTheNearest()
    {
        var records = Samples.Records(new("b.baseline", 1.0), new("b.baseline.clean", 1.0), new("b.defended", 1.0), new("a.something.far.off", 1.0));

        var message = Assert.Throws<ReportException>(() => records.Get<double>("b.basline", "value")).Message;

        Assert.Contains("'b.basline'; near names are b.baseline, ", message);
        Assert.DoesNotContain("far.off", message);
    }

    [Fact]
    public void Get_OfAnotherKind_SaysWhatItIs() =>
        Assert.Equal("'b.x' was recorded as a number, not as a table.", Assert.Throws<ReportException>(() => Samples.Records(new ResultRecord("b.x", 1.0)).Get<ResultTable>("b.x", "table")).Message);
}
