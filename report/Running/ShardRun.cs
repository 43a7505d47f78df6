namespace Fgsm.Report.Running;

/// <summary>Does one shard of a run: its pieces, without those that are done.</summary>
internal static class ShardRun
{
    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; finished pieces stay.</exception>
    public static async Task RunAsync(
        Repository repository, ReportOptions options, Shard shard, TextWriter output, CancellationToken cancellation)
    {
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), options.Only);
        var measurement = new Measurement(repository, options.Settings, options.Data, output, TimeProvider.System);
        // Of the notebooks as they are in the checkout: parameters and engine are settings.
        var plan = RunPlan.Of(repository, options.Settings, notebooks);
        measurement.Prepare(notebooks);
        var folder = new PieceFolder(options.Out ?? repository.Shards);
        folder.Begin(plan);
        Piece[] pieces = [.. shard.Of(Piece.All(options.Settings, notebooks))];
        using var timings = options.Timings ? new Timings(TimeProvider.System) : null;
        using (var display = RunDisplay.For(output, pieces.Length, timings: timings))
        {
            foreach (var piece in pieces)
            {
                var name = piece.NameIn(options.Settings);
                Task<Notebook> Run() => measurement.RunAsync(piece.Notebook, piece.Seed, display, cancellation);
                if (folder.Find(name, plan) is not null)
                    display.NotebookKept(name);
                else
                    await folder.RunAsync(name, plan, TimeProvider.System, Run);
            }
        }
        timings?.Write(output);
        output.WriteLine($"Shard {shard.Index} of {shard.Count} is done: {pieces.Length} pieces, in {folder.Path}.");
    }
}
