using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

internal static class Samples
{
    /// <summary>An executed notebook with these records among its outputs.</summary>
    public static Notebook Executed(params ResultRecord[] records)
    {
        var notebook = new Notebook();
        var cell = new NotebookCell(CellKind.Code, "cell");
        foreach (var record in records)
        {
            cell.Outputs.Add(new JsonObject
            {
                ["output_type"] = "display_data",
                ["metadata"] = new JsonObject(),
                ["data"] = new JsonObject { ["text/plain"] = "a record", [ResultRecord.MimeType] = JsonNode.Parse(record.ToJson()) },
            });
        }
        notebook.Cells.Add(cell);
        return notebook;
    }

    public static RecordSet Records(params ResultRecord[] records)
    {
        var set = new RecordSet();
        set.Add("01-sample", Executed(records));
        return set;
    }

    public static ReportContent Content(RecordSet records, bool quick = false, bool synthetic = false) => new(
        records,
        new Provenance(
            "abc | <b>", "42", new RunSettings(quick), ["01-sample"], ["MNIST"], synthetic, "engine", "A *CPU*", 2, ".NET", "Linux", "2026-01-02 03:04 UTC", "0:01:00", Provenance.DigestsOf(records)));
}
