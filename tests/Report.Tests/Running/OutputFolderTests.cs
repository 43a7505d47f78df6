namespace Fgsm.Report.Tests;

public class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Out => folder.File("out");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_PutsTheNewReportInThePlaceOfTheOld()
    {
        Write("old", "report.md");
        File.WriteAllText(Path.Combine(Out, "report.html"), "only in the old");
        Write("new", "report.md");

        Assert.Equal("new", File.ReadAllText(Path.Combine(Out, "report.md")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.Path));
        Assert.Single(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldReportAndNothingElse()
    {
        Write("old", "report.md");

        Assert.Throws<InvalidOperationException>(() => new OutputFolder(Out).Write(staging =>
        {
            File.WriteAllText(Path.Combine(staging, "report.md"), "half");
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(Path.Combine(Out, "report.md")));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Check_AfterAKillBetweenTheTwoRenames_BringsTheOldReportBack()
    {
        Write("old", "report.md");
        Directory.Move(Out, Out + ".previous");

        new OutputFolder(Out).Check();

        Assert.Equal("old", File.ReadAllText(Path.Combine(Out, "report.md")));
    }

    [Fact]
    public void Check_OfAFolderWithOtherFiles_Refuses()
    {
        Write("thesis", "thesis.tex");

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

    private void Write(string text, string name) => new OutputFolder(Out).Write(staging => File.WriteAllText(Path.Combine(staging, name), text));
}
