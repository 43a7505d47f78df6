namespace Fgsm.Report.Running;

/// <summary>Writes the report of an earlier run anew, from what that run recorded.</summary>
internal static class ReportExport
{
    /// <param name="repository">Where the templates are.</param>
    /// <param name="from">The folder that the run wrote.</param>
    /// <param name="to">Where the report goes; null for the same folder, which keeps the other formats that it holds.</param>
    /// <param name="replace">Whether the report may take the place of one with other notebooks, or of a full run.</param>
    /// <param name="template">The user's own template; null for the project's.</param>
    /// <param name="formats">What to write.</param>
    /// <param name="output">Takes what the user should know.</param>
    /// <param name="cancellation">Stops it; the earlier report stays.</param>
    /// <exception cref="ReportException">Something the user must know.</exception>
    public static async Task RunAsync(
        Repository repository, string from, string? to, bool replace, string? template,
        IReadOnlyCollection<ReportFormat> formats, TextWriter output, CancellationToken cancellation)
    {
        var folder = new OutputFolder(to ?? from);
        folder.Check();
        var content = RecordFolder.Read(from);
        if (!replace)
            Replacement.Check(folder, content.Provenance.AllNotebooks, content.Provenance.AnyQuick);
        var writer = new ReportWriter(new ReportTemplate(repository.Templates, template, repository.Published), content, output, PdfPrinter.FindBrowser());
        await folder.WriteAsync(async staging =>
        {
            OutputFolder.Copy(from, staging, withReports: to is null);
            await writer.WriteAsync(staging, formats, cancellation);
        });
        output.WriteLine($"The report is in {folder.Path}.");
    }
}
