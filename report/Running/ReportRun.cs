using Fgsm.Kernel;

namespace Fgsm.Report;

/// <summary>Runs the notebooks and writes the report.</summary>
internal sealed class ReportRun(Repository repository, ReportOptions options, TextWriter output)
{
    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; nothing was written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var folder = new OutputFolder(options.Out ?? repository.Output);
        folder.Check();
        if (options.Data is not null && !Directory.Exists(options.Data))
            throw new ReportException($"--data {options.Data}: no such folder.") { IsUsage = true };
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), options.Only);
        var template = new ReportTemplate(repository.Templates);

        var records = new RecordSet();
        List<(NotebookFile File, Notebook Executed)> executed = [];
        using (var display = RunDisplay.For(output, notebooks.Count))
        {
            foreach (var notebook in notebooks)
            {
                var document = await RunAsync(notebook, display, cancellation);
                records.Add(notebook.Name, document);
                executed.Add((notebook, document));
            }
        }
        cancellation.ThrowIfCancellationRequested();

        var provenance = Provenance.Collect(repository, options, notebooks, records);
        var content = new ReportContent(records, provenance, [.. executed.Select(e => e.File.Name)], options.Quick);
        folder.Write(staging =>
        {
            new ReportWriter(template, content).Write(staging);
            var copies = Directory.CreateDirectory(Path.Combine(staging, "notebooks")).FullName;
            foreach (var (file, document) in executed)
                document.Save(Path.Combine(copies, file.Name + ".ipynb"));
        });
        output.WriteLine($"The report is {Path.Combine(folder.Path, "report.html")}, and report.md beside it.");
    }

    private async Task<Notebook> RunAsync(NotebookFile notebook, RunDisplay display, CancellationToken cancellation)
    {
        display.NotebookStarted(notebook.Name, notebook.Document);
        var run = await NotebookRunner.RunAsync(notebook.Document, repository.Notebooks, Parameters(notebook), display, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (run.Failure is { } failure)
            throw new ReportException($"notebooks/{notebook.Name}.ipynb: {failure}");
        display.NotebookFinished();
        return run.Document;
    }

    private Dictionary<string, object> Parameters(NotebookFile notebook)
    {
        var values = new Dictionary<string, object>();
        if (options.Quick)
            values["quick"] = true;
        if (options.Seed is { } seed)
            values["seed"] = seed;
        if (options.Data is { } data)
            values["data"] = Path.GetFullPath(data);
        var declared = notebook.Parameters;
        return values.Where(value => declared.ContainsKey(value.Key)).ToDictionary();
    }
}
