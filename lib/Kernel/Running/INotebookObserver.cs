namespace Fgsm.Kernel.Running;

/// <summary>Watches a notebook run. Calls come one at a time; cells are numbered from 0 in the document that runs.</summary>
public interface INotebookObserver
{
    /// <summary>A code cell is about to run.</summary>
    void CellStarted(int index, NotebookCell cell)
    {
    }

    /// <summary>The running cell has shown something.</summary>
    void OutputShown(int index, NotebookCell cell, CellOutput output)
    {
    }

    /// <summary>The cell has ended; its outputs are in the document.</summary>
    /// <param name="error">Why it failed, if it did.</param>
    void CellFinished(int index, NotebookCell cell, ErrorOutput? error)
    {
    }
}
