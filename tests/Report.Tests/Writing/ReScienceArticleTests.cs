using YamlDotNet.RepresentationModel;

namespace Fgsm.Report.Tests;

public sealed class ReScienceArticleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true, "[Re] \"A\" 50\\% \\& more")]
    [InlineData(false, "[¬Re] \"A\" 50\\% \\& more")]
    public void Metadata_HasTitleAndAbstractAsLatex_InYaml(bool holds, string title)
    {
        folder.Write("report.md", "# \"A\" 50% & more\n\n## Abstract\n\nFirst \"line\": 5 % & C#\\\nand {{cite \"one\"}}.\n\nSecond.\n\n{{table \"b.table\"}}\n\nNo more.\n");
        folder.Write("bibliography.bib", "@misc{one,\n title = {One}\n}\n");
        folder.Write("metadata.yaml", "title: {{title}}\nabstract: {{abstract}}\nkeywords: a, b\n");

        Write(holds);

        var yaml = Read();
        Assert.Equal(title, Text(yaml, "title"));
        Assert.Equal("First \"line\": 5 \\% & C\\#\\newline and \\supercite{one}. Second.", Text(yaml, "abstract"));
    }

    /// <summary>The keys that the journal's own program reads.</summary>
    [Fact]
    public void TheProjects_Metadata_HasEveryKeyOfTheJournals()
    {
        folder.Write("report.md", "# T\n\n## Abstract\n\nA.\n");
        File.Copy(Path.Combine(new Repository(Checkout.Above(AppContext.BaseDirectory)!).Templates, "metadata.yaml"), folder.File("metadata.yaml"));

        Write(holds: true);

        string[] keys = ["title", "authors", "affiliations", "keywords", "code", "data", "replication", "abstract", "bibliography", "type", "domain", "language", "review", "contributors", "dates", "article", "journal"];
        Assert.Equal(keys, Read().Children.Keys.Select(key => ((YamlScalarNode)key).Value));
        Assert.Equal("Replication", Text(Read(), "type"));
        Assert.Equal("bibliography.bib", Text(Read(), "bibliography"));
    }

    [Fact]
    public void Article_HasTheFiguresOfTheText_AndTheSources()
    {
        SampleDocument.Create(folder);

        Write(holds: true, SampleDocument.Records);

        Assert.Equal(["b.bars.pdf", "b.histogram.pdf", "b.images.pdf", "b.lines.pdf", "b.map.pdf"], Directory.GetFiles(folder.File("rescience/figures")).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllText(folder.File("bibliography.bib")), File.ReadAllText(folder.File("rescience/bibliography.bib")));
        Assert.False(File.Exists(folder.File("rescience/metadata.yaml")));
    }

    private void Write(bool holds, RecordSet? records = null)
    {
        var template = new ReportTemplate(folder.Path);
        var content = Samples.Content(records ?? Samples.Records(new ResultRecord("b.table", new ResultTable("t").Text("a").Add("x"))));
        ReScienceArticle.Write(template, new ReportDocument(template, content), holds, folder.Path);
    }

    private YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(folder.File("rescience/metadata.yaml"))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string? Text(YamlMappingNode yaml, string key) => ((YamlScalarNode)yaml[key]).Value;
}
