namespace Fgsm.Report.Tests;

public class PlainDisplayTests
{
    private readonly ManualClock clock = new();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly Notebook notebook = new();
    private readonly NotebookCell cell = new(CellKind.Code, "cell", "\n// Train the baseline\nTrain();");

    public PlainDisplayTests() => notebook.Cells.Add(cell);

    [Fact]
    public void Lines_TellNotebooksCellsAndEpochs()
    {
        using var display = new PlainDisplay(output, notebooks: 2, clock);
        display.NotebookStarted("01-sample", notebook);
        display.CellStarted(1, cell);
        Show(display, epoch: 1, step: 0);
        clock.Advance(10);
        Show(display, epoch: 1, step: 5);
        Show(display, epoch: 2, step: 0);
        display.NotebookFinished();

        Assert.Equal(
            """
            01-sample (1 of 2)
              cell 1 of 1: Train the baseline
                baseline: epoch 1 of 2, loss 0.5000, accuracy 90.00 %
                baseline: epoch 2 of 2, loss 0.5000, accuracy 90.00 %, 0:10 left
            01-sample (1 of 2): done

            """.ReplaceLineEndings("\n"),
            output.ToString());
    }

    [Fact]
    public void Cells_AreCalledByTheHeadingAboveThem()
    {
        notebook.Cells.Insert(0, new NotebookCell(CellKind.Markdown, "text", "# Title\n\n## The baseline\nMore text."));
        using var display = new PlainDisplay(output, notebooks: 1, clock);
        display.NotebookStarted("01-sample", notebook);
        display.CellStarted(1, cell);

        Assert.Equal("01-sample\n  cell 1 of 1: The baseline\n", output.ToString());
    }

    [Fact]
    public void Progress_WithinAnEpoch_IsToldEvery20Seconds()
    {
        using var display = new PlainDisplay(output, notebooks: 1, clock);
        for (var step = 0; step < 100; step++)
        {
            Show(display, epoch: 1, step: 0);
            clock.Advance(0.5);
        }

        Assert.Equal(3, output.ToString().TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void ErrorStreamOfANotebook_IsShown_AndItsOutputIsNot()
    {
        using var display = new PlainDisplay(output, notebooks: 1, clock);
        display.OutputShown(0, cell, new StreamOutput("stderr", "MNIST cannot\nbe had\u001b[2J\n"));
        display.OutputShown(0, cell, new StreamOutput("stdout", "chatter\n"));
        display.OutputShown(0, cell, new DisplayOutput(new Dictionary<string, string> { [Progress.MimeType] = "broken" }, "1"));

        Assert.Equal("  MNIST cannot be had [2J\n", output.ToString());
    }

    private void Show(PlainDisplay display, int epoch, int step) => display.OutputShown(
        0,
        cell,
        new DisplayOutput(new Dictionary<string, string> { [Progress.MimeType] = new Progress("baseline", epoch, 2, step, 10, 0.5, 90).ToJson() }, "1"));
}
