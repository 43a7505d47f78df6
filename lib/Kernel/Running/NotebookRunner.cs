namespace Fgsm.Kernel.Running;

/// <summary>Runs a notebook from its first cell to its last, without a client.</summary>
public static class NotebookRunner
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Runs a copy of a notebook in a session of its own. It stops at the first cell that fails.</summary>
    /// <remarks>
    /// As under Jupyter, the process's current directory is the notebook's folder while it runs; runs in one process therefore wait for each other.
    /// A cell tagged <c>raises-exception</c> may fail.
    /// </remarks>
    /// <param name="notebook">The notebook; it is not changed.</param>
    /// <param name="directory">The folder in which the notebook lies.</param>
    /// <param name="parameters">Values for variables of the cell tagged <c>parameters</c>: bool, int, long, float, double or string.</param>
    /// <param name="observer">Sees the run as it goes.</param>
    /// <param name="cancellation">Stops the run, also in the middle of a cell.</param>
    /// <exception cref="NotebookException">Parameters for a notebook that takes none, or of a type that cannot be written in C#.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<NotebookRun> RunAsync(
        Notebook notebook,
        string directory,
        IReadOnlyDictionary<string, object>? parameters = null,
        INotebookObserver? observer = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        directory = Path.GetFullPath(directory);
        var document = notebook.Clone();
        NotebookParameters.Inject(document, parameters ?? new Dictionary<string, object>());
        foreach (var cell in document.Cells.Where(cell => cell.Kind == CellKind.Code))
        {
            cell.Outputs.Clear();
            cell.ExecutionCount = null;
        }

        await OneAtATime.WaitAsync(cancellation);
        var before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(directory);
            return new NotebookRun(document, await RunCellsAsync(document, directory, observer, cancellation));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            GiveMemoryBack();
            OneAtATime.Release();
        }
    }

    /// <summary>The next notebook begins with the memory of this one given back to the system.</summary>
    private static void GiveMemoryBack()
    {
        // The assemblies of cells hold the variables until finalizers have run, twice: of the assembly, and of what loaded it.
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }

    private static async Task<CellFailure?> RunCellsAsync(Notebook document, string directory, INotebookObserver? observer, CancellationToken cancellation)
    {
        var outputs = new OutputDocument();
        var (running, number) = (-1, 0);
        using var session = new CSharpSession(directory);
        session.Output += output =>
        {
            var cell = document.Cells[running];
            outputs.Add(cell, output);
            observer?.OutputShown(running, cell, output);
        };
        for (var i = 0; i < document.Cells.Count; i++)
        {
            var cell = document.Cells[i];
            if (cell.Kind != CellKind.Code || string.IsNullOrWhiteSpace(cell.Source))
                continue;
            running = i;
            observer?.CellStarted(i, cell);
            // Cells are numbered as whoever watches counts them: the one that was put in is not among them.
            var isInjected = cell.Tags.Contains(NotebookParameters.Tag);
            var name = isInjected ? "the injected parameters" : $"cell {++number}";
            var error = await session.ExecuteAsync(cell.Source, session.ExecutionCount + 1, name, cancellation);
            cell.ExecutionCount = session.ExecutionCount;
            cancellation.ThrowIfCancellationRequested();
            observer?.CellFinished(i, cell, error);
            NativeHeap.Trim();
            if (error is not null && !cell.Tags.Contains("raises-exception"))
            {
                // Of injected parameters, the line at fault: it has the value that a variable cannot take.
                var line = isInjected ? error.Traceback.ElementAtOrDefault(1)?.Trim() : null;
                return new CellFailure(i, name, line ?? cell.FirstLine, error);
            }
        }
        return null;
    }
}
