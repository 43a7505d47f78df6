namespace Fgsm.Report.Running;

/// <summary>Runs the notebooks and writes the report.</summary>
internal sealed class ReportRun(Repository repository, ReportOptions options, TextWriter output, TimeProvider? clock = null)
{
    /// <summary>The shards that did the work, whose results are put together; null to run the notebooks.</summary>
    public Shards? Shards { get; init; }

    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; nothing was written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), options.Only);
        Shards?.Check(repository, notebooks);
        var folder = new OutputFolder(options.Out ?? repository.Output);
        using var alone = Shards is null ? null : folder.Lock();
        folder.Check();
        string[] names = [.. notebooks.Select(notebook => notebook.Name)];
        var kept = options.Only.Count > 0 && !options.Replace ? KeptChapters.Read(folder, names) : null;
        if (!options.Replace)
            Replacement.Check(folder, [.. names, .. kept?.Provenance.AllNotebooks ?? []], options.Settings.Quick);
        var template = new ReportTemplate(repository.Templates, options.Template, repository.Published);
        template.Check(notebooks, options.Settings, kept);

        MeasuredRun run;
        using var timings = options.Timings ? new Timings(TimeProvider.System) : null;
        using (var live = new LiveFolder(folder.Path, TimeProvider.System))
        {
            var measurement = new Measurement(repository, options.Settings, options.Data, output, clock ?? TimeProvider.System, live)
            {
                Done = Shards, Timings = timings,
            };
            run = await measurement.RunAsync(notebooks, cancellation);
        }

        var content = KeptChapters.Join(run.Content, kept);

        await folder.WriteAsync(async staging =>
        {
            await new ReportWriter(template, content, output, PdfPrinter.FindBrowser()).WriteAsync(staging, options.Formats, cancellation);
            var copies = Directory.CreateDirectory(Path.Combine(staging, OutputFolder.Notebooks)).FullName;
            foreach (var (name, document) in run.Executed)
                document.Save(Path.Combine(copies, name + ".ipynb"));
            foreach (var name in kept?.Provenance.AllNotebooks ?? [])
                if (Path.Combine(folder.Path, OutputFolder.Notebooks, name + ".ipynb") is var copy && File.Exists(copy))
                    File.Copy(copy, Path.Combine(copies, name + ".ipynb"));
        });
        timings?.Write(output);
        output.WriteLine($"The report is in {folder.Path}.");
    }
}
