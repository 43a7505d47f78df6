using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>What a run of the notebooks gave.</summary>
/// <param name="Content">Its results.</param>
/// <param name="Executed">The notebooks as they ran, those of the first seed.</param>
internal sealed record MeasuredRun(ReportContent Content, IReadOnlyList<(string Name, Notebook Document)> Executed);

/// <summary>Runs notebooks, once or with several seeds, and takes their results.</summary>
internal sealed class Measurement(Repository repository, RunSettings settings, string? data, TextWriter output, TimeProvider clock, LiveFolder? live = null)
{
    /// <summary>Pieces that were done before, which are taken instead of a run; null for none. One that is missing stops the run.</summary>
    public Shards? Done { get; init; }

    /// <summary>Where the times of the phases are noted; null for nowhere.</summary>
    public Timings? Timings { get; init; }

    private TimeSpan timeOfPieces;

    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<MeasuredRun> RunAsync(IReadOnlyList<NotebookFile> notebooks, CancellationToken cancellation)
    {
        Prepare(notebooks);
        var start = clock.GetTimestamp();
        var kept = new KeptSeeds(repository.Seeds);
        var results = new RecordSet();
        List<(string, Notebook)> executed = [];
        Dictionary<string, IReadOnlyList<string>> byNotebook = [];
        using (var display = RunDisplay.For(output, notebooks.Count + (settings.Seeds - 1) * notebooks.Count(Piece.HasSeed), live, Timings))
        {
            foreach (var notebook in notebooks)
            {
                var document = await RunAsync(notebook, seed: 0, display, cancellation);
                results.Add(notebook.Name, document);
                executed.Add((notebook.Name, document));
                // Without a seed of its own a notebook gives the same every time.
                if (Piece.HasSeed(notebook))
                    results.Add([.. await OverSeedsAsync(notebook, document, kept, display, cancellation)]);
                byNotebook[notebook.Name] = [.. results.All.Select(record => record.Name).Except(byNotebook.Values.SelectMany(names => names))];
            }
        }
        cancellation.ThrowIfCancellationRequested();

        var provenance = Provenance.Collect(
            repository, settings, notebooks, results, byNotebook, clock.GetUtcNow(), Done is null ? clock.GetElapsedTime(start) : timeOfPieces);
        if (Done is not null)
            provenance = provenance with { PeakMemory = null };
        return new MeasuredRun(new ReportContent(results, provenance), executed);
    }

    /// <summary>Gives the notebooks the parameters and the engine asked for, and finds out what would stop the run at its end.</summary>
    /// <exception cref="ReportException">Something the user must know.</exception>
    public void Prepare(IReadOnlyList<NotebookFile> notebooks)
    {
        if (data is not null && !Directory.Exists(data))
            throw new ReportException($"--data {data}: no such folder.") { IsUsage = true };

        NotebookFile.Set(notebooks, settings.Parameters ?? []);
        if (settings.Engine != RunSettings.EmbeddedEngine)
            foreach (var notebook in notebooks)
                notebook.UseEngine(repository, settings.Engine);

        // What would stop the run at its end, is told now.
        foreach (var notebook in notebooks.Where(Piece.HasSeed))
            _ = FirstSeed(notebook);
    }

    private async Task<IEnumerable<ResultRecord>> OverSeedsAsync(NotebookFile notebook, Notebook first, KeptSeeds kept, RunDisplay display, CancellationToken cancellation)
    {
        var records = Records(notebook, first);
        var bySeed = settings.Quick
            ? new() { [FirstSeed(notebook)] = SeedStatistics.Values(records) }
            : kept.Fitting(notebook, settings.Engine, FirstSeed(notebook), records);
        for (var seed = 1; seed < settings.Seeds; seed++)
        {
            if (bySeed.ContainsKey(FirstSeed(notebook) + seed))
            {
                display.NotebookKept(NameOf(notebook, seed));
                continue;
            }
            bySeed[FirstSeed(notebook) + seed] = SeedStatistics.Values(Records(notebook, await RunAsync(notebook, seed, display, cancellation)));
            if (!settings.Quick)
                kept.Keep(notebook, settings.Engine, records, bySeed);
        }
        return SeedStatistics.Of(records, bySeed.Values);
    }

    private static RecordSet Records(NotebookFile notebook, Notebook document)
    {
        var records = new RecordSet();
        records.Add(notebook.Name, document);
        return records;
    }

    private string NameOf(NotebookFile notebook, int seed) =>
        settings.Seeds == 1 || !Piece.HasSeed(notebook) ? notebook.Name : string.Create(CultureInfo.InvariantCulture, $"{notebook.Name}, seed {FirstSeed(notebook) + seed}");

    /// <summary>Runs a notebook with one seed.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="seed">How many seeds after the first.</param>
    /// <param name="display">Shows what is running.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ReportException">The notebook failed, or its piece is missing among those that were done before.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<Notebook> RunAsync(NotebookFile notebook, int seed, RunDisplay display, CancellationToken cancellation)
    {
        if (Done is not null)
        {
            display.NotebookKept(NameOf(notebook, seed));
            var piece = Done.Get(new Piece(notebook, seed).NameIn(settings));
            timeOfPieces += piece.Time;
            return piece.Document;
        }
        display.NotebookStarted(NameOf(notebook, seed), notebook.Document);
        var run = await NotebookRunner.RunAsync(notebook.Document, repository.Notebooks, Parameters(notebook, seed), display, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (run.Failure is { } failure)
            throw new ReportException($"notebooks/{notebook.Name}.ipynb: {failure}");
        display.NotebookFinished();
        // What the notebook held goes back to the system before the next one asks for memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return run.Document;
    }

    private int FirstSeed(NotebookFile notebook) => settings.Seed ?? notebook.Seed;

    private Dictionary<string, object> Parameters(NotebookFile notebook, int seed)
    {
        var values = new Dictionary<string, object>();
        if (settings.Quick)
            values[Parameter.Quick] = true;
        if (settings.Grid)
            values[Parameter.Grid] = true;
        if (settings.Fresh)
            values[Parameter.Fresh] = true;
        if (settings.Seed is not null || seed > 0)
            values[Parameter.Seed] = FirstSeed(notebook) + seed;
        if (data is not null)
            values[Parameter.Data] = Path.GetFullPath(data);
        var declared = notebook.Parameters;
        return values.Where(value => declared.ContainsKey(value.Key)).ToDictionary();
    }
}
