using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Report.Tests;

/// <summary>What a reader may expect of every notebook of the project, before it runs.</summary>
public partial class CommittedNotebooksTests
{
    private static readonly string Root = Checkout.Above(AppContext.BaseDirectory)!;

    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Path.Combine(Root, "notebooks"), "*.ipynb").Select(file => Path.GetFileName(file))];

    private static string[] CodeCells(string notebook) => Cells(notebook, "code");

    private static string[] Cells(string notebook, string type) =>
        [.. from cell in JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "notebooks", notebook)))!["cells"]!.AsArray()
            where (string)cell["cell_type"]! == type
            select string.Concat(cell["source"]!.AsArray().Select(line => (string)line!))];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void ACodeCell_FitsOnAScreen(string notebook)
    {
        foreach (var lines in CodeCells(notebook).Select(cell => cell.Split('\n')))
            Assert.True(lines.Length <= 25 && lines.All(line => line.Length <= 140), $"{notebook}: more than 25 lines or 140 columns in the cell that begins '{lines[0]}'");
    }

    /// <summary>A paragraph of one word in capitals stands where a text was to come.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void AText_IsWritten(string notebook) =>
        Assert.All(Cells(notebook, "markdown").SelectMany(text => text.Split('\n')), line => Assert.DoesNotMatch("^[A-Z_]+$", line));

    /// <summary>By the format's schema, nbformat 4.5: <c>nbformat.validate</c> refuses anything else.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void ACell_HasWhatTheFormatAllows(string notebook)
    {
        string[] any = ["cell_type", "id", "metadata", "source"];
        foreach (var cell in JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "notebooks", notebook)))!["cells"]!.AsArray())
        {
            string[] asked = (string)cell!["cell_type"]! == "code" ? [.. any, "execution_count", "outputs"] : any;
            Assert.Equal(asked.Order(), cell.AsObject().Select(property => property.Key).Order());
        }
    }

    [Fact]
    public void PublishedValues_AreReadFromFilesThatAreThere()
    {
        string[] names = [.. from notebook in Directory.GetFiles(Path.Combine(Root, "notebooks"), "*.ipynb")
            from cell in CodeCells(Path.GetFileName(notebook))
            from Match match in Reads().Matches(cell)
            select match.Groups[1].Value];

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(File.Exists(Path.Combine(Root, "data", "published", name + ".csv")), name));
    }

    [GeneratedRegex("""Published\.Read\("([^"]+)"\)""")]
    private static partial Regex Reads();
}
