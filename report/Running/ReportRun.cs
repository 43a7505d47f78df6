namespace Fgsm.Report.Running;

/// <summary>Runs the notebooks and writes the report.</summary>
internal sealed class ReportRun(Repository repository, ReportOptions options, TextWriter output, TimeProvider? clock = null)
{
    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped; nothing was written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var folder = new OutputFolder(options.Out ?? repository.Output);
        folder.Check();
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), options.Only);
        if (!options.Replace)
            Replacement.Check(folder, notebooks.Select(notebook => notebook.Name), options.Settings.Quick);
        var template = new ReportTemplate(repository.Templates, options.Template, repository.Published);
        template.Check(notebooks, options.Settings);

        var run = await new Measurement(repository, options.Settings, options.Data, output, clock ?? TimeProvider.System).RunAsync(notebooks, cancellation);

        await folder.WriteAsync(async staging =>
        {
            await new ReportWriter(template, run.Content, output, PdfPrinter.FindBrowser()).WriteAsync(staging, options.Formats, cancellation);
            var copies = Directory.CreateDirectory(Path.Combine(staging, OutputFolder.Notebooks)).FullName;
            foreach (var (name, document) in run.Executed)
                document.Save(Path.Combine(copies, name + ".ipynb"));
        });
        output.WriteLine($"The report is in {folder.Path}.");
    }
}
