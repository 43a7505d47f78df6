namespace Fgsm.Report.Running;

/// <summary>Runs again what an earlier run did, and compares the digests of the tables.</summary>
internal static class ReportVerification
{
    /// <summary>True when every table came out the same.</summary>
    /// <exception cref="ReportException">Something the user must know.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public static async Task<bool> RunAsync(Repository repository, string folder, string? data, TextWriter output, CancellationToken cancellation)
    {
        var recorded = RecordFolder.Read(folder).Provenance;
        var same = true;
        foreach (var run in recorded.Runs)
            same &= await VerifyAsync(repository, run, data, output, cancellation);
        return same;
    }

    private static async Task<bool> VerifyAsync(Repository repository, Provenance recorded, string? data, TextWriter output, CancellationToken cancellation)
    {
        var notebooks = NotebookFile.Select(NotebookFile.All(repository), recorded.Notebooks);
        var run = await new Measurement(repository, recorded.Settings, data, output, TimeProvider.System).RunAsync(notebooks, cancellation);

        var again = run.Content.Provenance;
        foreach (var set in recorded.Data.Except(again.Data))
            output.WriteLine($"Recorded with other data: {set}.");
        var names = recorded.Digests.Keys.Union(again.Digests.Keys).Order(StringComparer.Ordinal).ToArray();
        var different = names.Where(name => recorded.Digests.GetValueOrDefault(name) != again.Digests.GetValueOrDefault(name)).ToArray();
        foreach (var name in different)
            output.WriteLine($"{name}: {Show(recorded.Digests, name)} recorded, {Show(again.Digests, name)} now");
        output.WriteLine(different.Length == 0
            ? $"All {names.Length} tables have the recorded digests."
            : $"{different.Length} of {names.Length} tables differ from those of commit {recorded.Commit}.");
        return different.Length == 0;
    }

    private static string Show(IReadOnlyDictionary<string, string> digests, string name) => digests.TryGetValue(name, out var digest) ? digest[..12] : "no such table";
}
