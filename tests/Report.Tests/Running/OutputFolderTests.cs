namespace Fgsm.Report.Tests;

public class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Out => folder.File("out");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_PutsTheNewReportInThePlaceOfTheOld()
    {
        await Write("old", "report.md", "report.html", "tables/a.x.csv", "figures/a.y.svg");
        await Write("new", "report.md", "tables/a.z.csv");

        Assert.Equal("new", File.ReadAllText(Path.Combine(Out, "report.md")));
        Assert.Equal(["files.txt", "report.md", "tables", "tables/a.z.csv"], Contents(Out));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>A kill after the last file had been moved: the folder that they came from is still there, empty.</summary>
    [Fact]
    public async Task Recover_OfAReportThatIsAllInPlace_KeepsIt()
    {
        await Write("old", "report.md", "tables/a.x.csv");
        var contents = Contents(Out);
        Directory.CreateDirectory(Path.Combine(Out, ".complete", "tables"));

        new OutputFolder(Out).Recover();

        Assert.Equal(contents, Contents(Out));
        Assert.False(Directory.Exists(Path.Combine(Out, ".complete")));
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Recover_AfterAKillWhileFilesWereMoved_CompletesTheNewReport(int moved)
    {
        await Write("old", "report.md", "tables/a.old.csv");
        // A kill after so many of the new report's files had come to their places.
        string[] files = ["report.md", "tables/a.new.csv", "values.json", "files.txt"];
        foreach (var (i, file) in files.Index())
        {
            var path = Path.Combine(Out, i < moved ? "" : ".complete", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file == "files.txt" ? string.Join('\n', files) : "new");
        }

        new OutputFolder(Out).Recover();

        Assert.Equal(["files.txt", "report.md", "tables", "tables/a.new.csv", "values.json"], Contents(Out));
        Assert.All(files.SkipLast(1), file => Assert.Equal("new", File.ReadAllText(Path.Combine(Out, file))));
    }

    [Fact]
    public async Task Recover_RemovesWhatAKilledRunHadWritten_AndNotWhatARunningOneWrites()
    {
        await Write("old", "report.md");
        using var dead = System.Diagnostics.Process.Start("dotnet", "--version");
        await dead.WaitForExitAsync();
        Directory.CreateDirectory(Path.Combine(Out, $".new-{dead.Id}", "tables"));
        var running = Directory.CreateDirectory(Path.Combine(Out, ".new-1")).FullName;

        new OutputFolder(Out).Recover();

        Assert.Equal([".new-1", "files.txt", "report.md"], Contents(Out));
        Assert.True(Directory.Exists(running));
    }

    [Theory]
    [InlineData("thesis.tex")]
    [InlineData("figures/my-plot.svg")]
    [InlineData("tables/mine/a.csv")]
    [InlineData("notebooks/thesis.ipynb")]
    [InlineData("report.md")]
    public async Task Check_OfAFolderWithAFileOfTheUsers_Refuses(string name)
    {
        if (name != "report.md")
            await Write("old", "report.md", "figures/a.x.svg");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Out, name))!);
        File.WriteAllText(Path.Combine(Out, name), "mine");

        var e = Assert.Throws<ReportException>(() => new OutputFolder(Out).Check());

        Assert.Contains($"holds {name}, which this program did not write", e.Message);
        Assert.True(e.IsUsage);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Out, name)));
    }

    [Fact]
    public async Task Write_OverAFileThatCameDuringTheRun_KeepsIt()
    {
        await Write("old", "report.md");
        await new OutputFolder(Out).WriteAsync(staging =>
        {
            File.WriteAllText(Path.Combine(Out, "report.html"), "mine");
            return File.WriteAllTextAsync(Path.Combine(staging, "report.html"), "new");
        });

        Assert.Equal("new", File.ReadAllText(Path.Combine(Out, "report.html")));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Out, "report.html.kept")));
    }

    [Fact]
    public async Task Write_LeavesHiddenFilesAndEmptyFoldersOfTheUsers()
    {
        await Write("old", "figures/a.x.svg");
        File.WriteAllText(Path.Combine(Out, ".gitignore"), "*");
        File.WriteAllText(Path.Combine(Out, "figures", ".DS_Store"), "");
        Directory.CreateDirectory(Path.Combine(Out, "empty"));

        new OutputFolder(Out).Check();
        await Write("new", "report.md");

        Assert.Equal([".gitignore", "empty", "figures", "figures/.DS_Store", "files.txt", "report.md"], Contents(Out));
    }

    [Fact]
    public async Task Write_IntoALinkedFolder_LeavesTheLink()
    {
        var target = Directory.CreateDirectory(folder.File("disk")).FullName;
        Directory.CreateSymbolicLink(Out, target);

        new OutputFolder(Out).Check();
        await Write("old", "report.md");
        await Write("new", "report.md");

        Assert.Equal(target, new DirectoryInfo(Out).LinkTarget);
        Assert.Equal("new", File.ReadAllText(Path.Combine(target, "report.md")));
    }

    [Fact]
    public async Task Check_OfALinkInThePlaceOfAFile_Refuses_AndLeavesTheLink()
    {
        await Write("old", "report.md");
        File.Move(Path.Combine(Out, "report.md"), folder.File("elsewhere.md"));
        File.CreateSymbolicLink(Path.Combine(Out, "report.md"), folder.File("elsewhere.md"));

        Assert.Contains("holds report.md", Assert.Throws<ReportException>(() => new OutputFolder(Out).Check()).Message);
        Assert.Equal("old", File.ReadAllText(folder.File("elsewhere.md")));
    }

    [Fact]
    public async Task FilesOutsideTheFolder_AreNotRemoved_WhateverItsListSays()
    {
        await Write("old", "report.md");
        File.WriteAllText(folder.File("thesis.tex"), "mine");
        File.AppendAllText(Path.Combine(Out, "files.txt"), "../thesis.tex\n");

        await Write("new", "report.md");

        Assert.Equal("mine", File.ReadAllText(folder.File("thesis.tex")));
    }

    [Fact]
    public async Task Check_OfAReportWithoutAList_SaysThatItIsOfAnEarlierVersion()
    {
        await Write("old", "report.json");
        File.Delete(Path.Combine(Out, "files.txt"));

        Assert.Contains("an earlier version", Assert.Throws<ReportException>(() => new OutputFolder(Out).Check()).Message);
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

    private Task Write(string text, params string[] names) => new OutputFolder(Out).WriteAsync(async staging =>
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(staging, name))!);
            await File.WriteAllTextAsync(Path.Combine(staging, name), text);
        }
    });

    private static IEnumerable<string> Contents(string folder) =>
        Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(entry => Path.GetRelativePath(folder, entry).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
