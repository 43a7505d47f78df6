namespace Fgsm.Kernel.Running;

/// <summary>What a run of a notebook left.</summary>
/// <param name="Document">The notebook with the outputs of all cells that ran.</param>
/// <param name="Failure">Where and why the run stopped; null where it came to its end.</param>
public sealed record NotebookRun(Notebook Document, CellFailure? Failure);

/// <summary>The cell at which a run stopped.</summary>
/// <param name="Index">The cell's place in the document, from 0, Markdown counted.</param>
/// <param name="Name">How messages call the cell: its number among the code cells.</param>
/// <param name="FirstLine">The first line of its source; of injected parameters, the line at fault.</param>
/// <param name="Error">What went wrong.</param>
public sealed record CellFailure(int Index, string Name, string FirstLine, ErrorOutput Error)
{
    /// <summary>All of it in one line.</summary>
    public override string ToString() => $"{Name} ({FirstLine}) failed: {Error.Name}: {Error.Message.ReplaceLineEndings(" ")}";
}
