using System.Text.RegularExpressions;

namespace Fgsm.Report.Tests;

public sealed partial class BibliographyTests : IDisposable
{
    private static readonly Repository Project = new(Checkout.Above(AppContext.BaseDirectory)!);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ReadFrom_TakesTheSourcesInTheirOrder()
    {
        folder.Write("bibliography.bib", "@inproceedings{one2001,\n  author = {Ann One and Bob Two and Cy Three},\n  title = {The {FGSM} and I},\n  booktitle = {Proceedings},\n  year = {2001},\n  url = {https://example.org/}\n}\n\n@misc{two,\n  title = {Alone}\n}\n");

        var bibliography = Bibliography.ReadFrom(folder.Path);

        Assert.Equal([("one2001", "Ann One, Bob Two and Cy Three, \"The FGSM and I\", Proceedings, 2001", "https://example.org/"), ("two", "\"Alone\"", null)], bibliography.Sources.Select(source => (source.Key, source.Text, source.Url)));
        Assert.Equal(2, bibliography.NumberOf("two"));
        Assert.Contains("near names are two", Assert.Throws<ReportException>(() => bibliography.NumberOf("tow")).Message);
    }

    [Fact]
    public void ReadFrom_AFolderWithoutAFile_HasNoSources() => Assert.Empty(Bibliography.ReadFrom(folder.Path).Sources);

    /// <summary>Each paper that the library or a notebook names by its address.</summary>
    [Fact]
    public void TheProjects_HasEveryPaperThatTheLibraryAndTheNotebooksCite()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Project.Root, "lib", "Fgsm"), "*.cs", SearchOption.AllDirectories), .. Directory.GetFiles(Project.Notebooks, "*.ipynb")];
        var cited = files.SelectMany(file => Paper().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct().ToArray();

        Assert.NotEmpty(cited);
        Assert.Empty(cited.Except(Bibliography.ReadFrom(Project.Templates).Sources.Select(source => source.Url is { } url ? Paper().Match(url).Value : "")));
    }

    [Fact]
    public void TheProjects_HasTheFiveReports() =>
        Assert.Equal(["reporta", "reportb", "reportc", "reportd", "reporte"], Bibliography.ReadFrom(Project.Templates).Sources.Take(5).Select(source => source.Key));

    [GeneratedRegex(@"arxiv\.org/abs/[0-9]{4}\.[0-9]{4,5}")]
    private static partial Regex Paper();
}
