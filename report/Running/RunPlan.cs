using System.Security.Cryptography;
using System.Text;

namespace Fgsm.Report.Running;

/// <summary>Everything that determines the pieces of a run, besides the data. Shards of one plan can be put together.</summary>
/// <param name="Code">SHA-256 of the library's sources, the notebooks' code and what they read beside the data.</param>
/// <param name="Settings">What the run was asked for.</param>
/// <param name="Notebooks">Names of the notebooks.</param>
internal sealed record RunPlan(string Code, RunSettings Settings, IReadOnlyList<string> Notebooks)
{
    private static readonly string[] Sources = [".cs", ".csproj", ".props", ".targets", ".csx", ".csv"], Built = ["bin", "obj", "node_modules"];

    public static RunPlan Of(Repository repository, RunSettings settings, IEnumerable<NotebookFile> notebooks)
    {
        NotebookFile[] all = [.. notebooks];
        return new(DigestOf(repository, settings, all), settings, [.. all.Select(notebook => notebook.Name)]);
    }

    /// <summary>What differs from another plan, in words; null when nothing does.</summary>
    public string? Difference(RunPlan other)
    {
        var differences = new (string What, object? Mine, object? Other)[]
        {
            ("code", Code[..12], other.Code[..12]),
            ("notebooks", string.Join(", ", Notebooks), string.Join(", ", other.Notebooks)),
            ("quick", Settings.Quick, other.Settings.Quick),
            ("seed", Settings.Seed, other.Settings.Seed),
            ("seeds", Settings.Seeds, other.Settings.Seeds),
            ("grid", Settings.Grid, other.Settings.Grid),
            ("fresh", Settings.Fresh, other.Settings.Fresh),
            ("engine", Settings.Engine, other.Settings.Engine),
        }.Where(part => !Equals(part.Mine, part.Other)).Select(part => $"{part.What} ({part.Mine ?? "the notebooks' own"}, not {part.Other ?? "the notebooks' own"})").ToArray();
        return differences.Length == 0 ? null : string.Join(", ", differences);
    }

    private static string DigestOf(Repository repository, RunSettings settings, IEnumerable<NotebookFile> notebooks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in new[] { Path.Combine(repository.Root, "lib"), repository.Notebooks, repository.Published }.Where(Directory.Exists))
            foreach (var file in Files(folder).Where(file => Sources.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal))
                Append(Path.GetRelativePath(repository.Root, file).Replace('\\', '/'), File.ReadAllText(file));
        // A run of the grid measures what other runs read.
        var grids = Path.Combine(repository.Notebooks, "grids");
        if (!settings.Grid && Directory.Exists(grids))
            foreach (var file in Directory.GetFiles(grids, "*.json").Where(file => !file.EndsWith(".part.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                Append(Path.GetFileName(file), File.ReadAllText(file));
        foreach (var notebook in notebooks)
            foreach (var cell in notebook.Document.Cells.Where(cell => cell.Kind == CellKind.Code))
                Append(notebook.Name, cell.Source);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string name, string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{text.ReplaceLineEndings("\n")}\0"));
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(inside => !Built.Contains(Path.GetFileName(inside))).SelectMany(Files));
}
