using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

/// <summary>A checkout with notebooks and a template of a few lines.</summary>
internal sealed class SampleCheckout : IDisposable
{
    public const string Template = """
        # Sample
        {{#if quick}}
        quick
        {{/if}}
        {{table "s.table"}}

        {{figure "s.figure"}}

        Seed {{value "s.seed" "0"}}.
        """;

    private readonly TemporaryFolder folder = new();

    public SampleCheckout()
    {
        File.WriteAllText(folder.File("FgsmNotebooks.sln"), "");
        Directory.CreateDirectory(Repository.Notebooks);
        Directory.CreateDirectory(Repository.Templates);
        File.WriteAllText(Path.Combine(Repository.Templates, "report.md"), Template);
    }

    public Repository Repository => new(folder.Path);

    public string Output => Repository.Output;

    public void Dispose() => folder.Dispose();

    /// <summary>A notebook that records a table, a figure and its parameters, as the project's own do.</summary>
    public void AddSample(params string[] moreCells) => Add(
        "01-sample",
        [
            "var quick = false;\nvar seed = 42;\nvar unused = 1;",
            $"""
            #r "{typeof(ResultRecord).Assembly.Location}"
            using Fgsm.Results;
            using Fgsm.Results.Figures;
            using Fgsm.Results.Tables;
            Results.Recorded = record => record.ToJson().DisplayAs(ResultRecord.MimeType);
            """,
            """
            new Fgsm.Results.Progress("baseline", 1, 2, 5, 10, 0.5, 90).ToJson().DisplayAs(Fgsm.Results.Progress.MimeType);
            Results.Record("s.table", new ResultTable("A table").Text("name").Compared().Add("a", 98.5, 98.25));
            Results.Record("s.figure", new LineChart("A figure", "x", "y").Add("line", [0, 1], [0, 1]));
            Results.Record("s.seed", seed);
            Results.Record("s.data.name", "Tiny");
            Results.Record("s.data.sha256", "00ff");
            Results.Record("s.data.synthetic", "yes");
            """,
            .. moreCells,
        ]);

    public void Add(string name, string[] cells)
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Markdown, "title", $"Some text\n# Title of {name}"));
        foreach (var (i, source) in cells.Index())
            notebook.Cells.Add(new NotebookCell(CellKind.Code, $"cell-{i}", source));
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        notebook.Save(Path.Combine(Repository.Notebooks, name + ".ipynb"));
    }
}
