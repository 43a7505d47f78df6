using System.Text.Json;

namespace Fgsm.Report.Tests;

public class RecordFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var content = Sample();
        RecordFolder.Write(folder.Path, content);

        var back = RecordFolder.Read(folder.Path);

        Assert.Equal(content.Records.All.Select(r => r.ToJson()), back.Records.All.Select(r => r.ToJson()));
        Assert.Equal(JsonSerializer.Serialize(content.Provenance), JsonSerializer.Serialize(back.Provenance));
    }

    [Fact]
    public void Read_OfATableThatWasChanged_Refuses()
    {
        RecordFolder.Write(folder.Path, Sample());
        var file = folder.File("tables/b.table.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("98.25", "98.5"));

        Assert.Contains("b.table.json: is not the table that was measured", Assert.Throws<ReportException>(() => RecordFolder.Read(folder.Path)).Message);
    }

    [Fact]
    public void Read_OfATableThatIsGone_Refuses()
    {
        RecordFolder.Write(folder.Path, Sample());
        File.Delete(folder.File("tables/b.table.json"));

        Assert.Contains("b.table.json", Assert.Throws<ReportException>(() => RecordFolder.Read(folder.Path)).Message);
    }

    [Theory]
    [InlineData("report.json")]
    [InlineData("values.json")]
    [InlineData("tables/b.table.json")]
    [InlineData("figures/b.figure.json")]
    public void Read_OfABrokenFile_NamesIt(string name)
    {
        RecordFolder.Write(folder.Path, Sample());
        File.WriteAllText(folder.File(name), "{");

        Assert.StartsWith(folder.File(name), Assert.Throws<ReportException>(() => RecordFolder.Read(folder.Path)).Message);
    }

    private static ReportContent Sample() => Samples.Content(Samples.Records(
        new("b.table", new ResultTable("t").Text("eps").Compared().Add("2", 98.5, 98.25).Add("4", null, double.NaN)),
        new("b.figure", new LineChart("f", "x", "y").Add("line", [0, 1], [0, double.NaN])),
        new("b.number", double.PositiveInfinity),
        new("b.text", "ü <b>")));
}
