namespace Fgsm.Report.Running;

/// <summary>The chapters of an earlier report that a run of other notebooks leaves as they are.</summary>
internal static class KeptChapters
{
    /// <summary>What stays of the report in a folder, each chapter with its own run; null when nothing stays.</summary>
    /// <param name="folder">Where the new report goes.</param>
    /// <param name="renewed">The notebooks that run again.</param>
    /// <exception cref="ReportException">The earlier report cannot be read, or does not say what belongs to which notebook.</exception>
    public static ReportContent? Read(OutputFolder folder, IReadOnlyList<string> renewed)
    {
        if (RecordFolder.ReadProvenance(folder.Path)?.AllNotebooks.Except(renewed).Any() is not true)
            return null;
        var (records, provenance) = RecordFolder.Read(folder.Path);
        if (provenance.Runs.Any(run => run.Records is null))
            throw new ReportException(
                $"{folder.Path}: an earlier version of this program wrote this report, and did not note which notebook recorded what; "
                + "run all notebooks once, or drop it with --replace.") { IsUsage = true };

        Provenance[] runs = [.. provenance.Runs.Select(run => Without(run, renewed)).Where(run => run.Notebooks.Count > 0)];
        var kept = new RecordSet();
        var names = runs.SelectMany(run => run.Records!.Values).SelectMany(name => name).ToHashSet();
        kept.Add(records.All.Where(record => names.Contains(record.Name)));
        return new ReportContent(kept, runs[0] with { Kept = runs[1..] });
    }

    /// <summary>What was measured now, with what stays.</summary>
    /// <exception cref="ReportException">Both have a result of one name.</exception>
    public static ReportContent Join(ReportContent measured, ReportContent? kept)
    {
        if (kept is null)
            return measured;
        if (kept.Records.All.FirstOrDefault(record => measured.Records.Has(record.Name)) is { } twice)
            throw new ReportException($"'{twice.Name}' was recorded by a kept chapter and now by another; run all notebooks.");
        var records = new RecordSet();
        records.Add(measured.Records.All.Concat(kept.Records.All));
        return new ReportContent(records, measured.Provenance with { Kept = [.. kept.Provenance.Runs] });
    }

    private static Provenance Without(Provenance run, IReadOnlyList<string> renewed)
    {
        var records = run.Records!.Where(notebook => !renewed.Contains(notebook.Key)).ToDictionary();
        var names = records.Values.SelectMany(name => name).ToHashSet();
        return run with
        {
            Notebooks = [.. run.Notebooks.Except(renewed)],
            Records = records,
            Digests = run.Digests.Where(digest => names.Contains(digest.Key)).ToDictionary(),
        };
    }
}
