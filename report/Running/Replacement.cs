namespace Fgsm.Report.Running;

/// <summary>Asks before a report takes the place of one that says more.</summary>
internal static class Replacement
{
    /// <param name="folder">Where the new report goes.</param>
    /// <param name="notebooks">The notebooks of the new report.</param>
    /// <param name="quick">Whether it is of a quick run.</param>
    /// <exception cref="ReportException">The folder holds other notebooks' results, or a full run's where this one is quick.</exception>
    public static void Check(OutputFolder folder, IEnumerable<string> notebooks, bool quick)
    {
        if (RecordFolder.ReadProvenance(folder.Path) is not { } earlier)
            return;
        var dropped = earlier.AllNotebooks.Except(notebooks).ToArray();
        if (dropped.Length > 0)
            throw Refused(folder, $"the results of {string.Join(", ", dropped)}, which the new report does not have");
        if (quick && !earlier.AnyQuick)
            throw Refused(folder, "the results of a full run, and the new one is quick");
    }

    private static ReportException Refused(OutputFolder folder, string what) =>
        new($"{folder.Path}: holds {what}; --replace drops them, --out names another folder.") { IsUsage = true };
}
