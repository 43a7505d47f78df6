using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

public sealed class LiveFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_IsNoted_WhileItGoesOn_AndLeavesNothing()
    {
        var report = folder.File("report");
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Code, "a", "1 + 1"));
        using (var live = new LiveFolder(report, TimeProvider.System))
        {
            Assert.Null(LiveFolder.Read(report));
            live.NotebookStarted("01-sample", notebook);
            live.Show("01-sample (1 of 2)", "cell 1 of 1", null, null);
            Assert.Equal("01-sample (1 of 2)", LiveFolder.Read(report)!.Heading);

            var ran = notebook.Clone().Cells[0];
            ran.Outputs.Add(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "two" });
            live.CellFinished(ran);
            Assert.Contains("two", Notebook.Load(Assert.Single(LiveFolder.NotebooksOf(report))).ToString());
        }
        Assert.False(Directory.Exists(report));
        Assert.Null(LiveFolder.Read(report));
    }

    [Fact]
    public void FolderOfAKilledRun_IsNoRun_AndTheNextCommandRemovesIt()
    {
        // No process has this number: Linux counts to 4,194,304.
        var left = Directory.CreateDirectory(folder.File(LiveFolder.Prefix + "99999999")).FullName;
        File.WriteAllText(Path.Combine(left, "state.json"), """{"Heading":"h","Cell":"c","Progress":null,"Fraction":null,"Curves":[]}""");

        Assert.Null(LiveFolder.Read(folder.Path));
        new OutputFolder(folder.Path).Recover();

        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void Folder_ThatCannotBeWritten_StopsNoRun()
    {
        File.WriteAllText(folder.File("file"), "");
        using var live = new LiveFolder(folder.File("file"), TimeProvider.System);

        live.NotebookStarted("01-sample", new Notebook());
        live.Show("01-sample", "cell 1 of 1", null, null);
    }

    [Fact]
    public void Curves_GrowWithTheEpochs_ALineForEachTraining()
    {
        var curves = new LiveCurves();
        foreach (var step in new[] { 1, 2, 50, 100 })
            curves.Add(new Progress("baseline", 1, 2, step, 100, Loss: 1.0 / step, Accuracy: step));
        curves.Add(new Progress("defended", 2, 4, 100, 100, Loss: 0.5));
        curves.Add(new Progress("sweep", 0, 0, 5, 10));

        var (accuracy, loss) = curves.Draw().Cast<LineChart>().ToArray() is [var first, var second] ? (first, second) : default;

        Assert.Equal(["baseline", "defended"], loss!.Series.Select(series => series.Name));
        // The second step is less than a twentieth of an epoch after the first, and the third more.
        Assert.Equal([0.01, 0.02, 0.5, 1], loss.Series[0].Xs, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal([1, 2, 50, 100], accuracy!.Series[0].Ys);
        Assert.Equal([2.0], loss.Series[1].Xs);
    }
}
