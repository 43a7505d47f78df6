namespace Fgsm.Report.Tests;

public class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Out => folder.File("out");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_PutsTheNewReportInThePlaceOfTheOld()
    {
        await Write("old", "report.md");
        File.WriteAllText(Path.Combine(Out, "report.html"), "only in the old");
        await Write("new", "report.md");

        Assert.Equal("new", File.ReadAllText(Path.Combine(Out, "report.md")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.Path));
        Assert.Single(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public async Task Write_ThatFails_LeavesTheOldReportAndNothingElse()
    {
        await Write("old", "report.md");

        await Assert.ThrowsAsync<InvalidOperationException>(() => new OutputFolder(Out).WriteAsync(staging =>
        {
            File.WriteAllText(Path.Combine(staging, "report.md"), "half");
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(Path.Combine(Out, "report.md")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Check_AfterAKillBetweenTheTwoRenames_BringsTheOldReportBack()
    {
        await Write("old", "report.md");
        Directory.Move(Out, Out + ".previous");

        new OutputFolder(Out).Check();

        Assert.Equal("old", File.ReadAllText(Path.Combine(Out, "report.md")));
    }

    [Fact]
    public async Task Check_OfAFolderWithOtherFiles_Refuses()
    {
        await Write("thesis", "thesis.tex");

        var e = Assert.Throws<ReportException>(() => new OutputFolder(Out).Check());

        Assert.Contains("thesis.tex", e.Message);
        Assert.True(e.IsUsage);
        Assert.Equal("thesis", File.ReadAllText(Path.Combine(Out, "thesis.tex")));
    }

    [Fact]
    public void Check_OfAFile_Refuses()
    {
        File.WriteAllText(Out, "");

        Assert.Contains("is a file", Assert.Throws<ReportException>(() => new OutputFolder(Out).Check()).Message);
    }

    [Fact]
    public void Check_OfAFolderThatCannotBe_SaysSo()
    {
        File.WriteAllText(folder.File("file"), "");

        Assert.Contains("cannot be written", Assert.Throws<ReportException>(() => new OutputFolder(Path.Combine(folder.File("file"), "out")).Check()).Message);
    }

    [Fact]
    public void Check_LeavesNothing()
    {
        new OutputFolder(Out).Check();

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private Task Write(string text, string name) => new OutputFolder(Out).WriteAsync(staging => File.WriteAllTextAsync(Path.Combine(staging, name), text));
}
