using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Running;

/// <summary>Everything that determines the pieces of a run, besides the data. Shards of one plan can be put together.</summary>
/// <param name="Code">SHA-256 of the library's sources, the notebooks' code and what they read besides the data.</param>
/// <param name="Settings">What the run was asked for.</param>
/// <param name="Notebooks">Names of the notebooks.</param>
internal sealed record RunPlan(string Code, RunSettings Settings, IReadOnlyList<string> Notebooks)
{
    private static readonly string[] Sources = [".cs", ".csproj", ".props", ".targets", ".csx", ".csv"];
    private static readonly string[] Built = ["bin", "obj", "node_modules"];

    private static readonly JsonSerializerOptions Strict = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static RunPlan Of(Repository repository, RunSettings settings, IReadOnlyList<NotebookFile> notebooks) =>
        new(DigestOf(repository, settings, notebooks), settings, [.. notebooks.Select(notebook => notebook.Name)]);

    /// <exception cref="JsonException">This is no plan.</exception>
    public static RunPlan Parse(JsonNode? json) => json.Deserialize<RunPlan>(Strict) ?? throw new JsonException("it holds no plan");

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this)!;

    /// <summary>What differs from another plan, in words; null when nothing does.</summary>
    public string? Difference(RunPlan other)
    {
        var differences = new (string What, object? Mine, object? Other)[]
        {
            ("code", Short(Code), Short(other.Code)),
            ("notebooks", string.Join(", ", Notebooks), string.Join(", ", other.Notebooks)),
            ("quick", Settings.Quick, other.Settings.Quick),
            ("seed", Settings.Seed, other.Settings.Seed),
            ("seeds", Settings.Seeds, other.Settings.Seeds),
            ("grid", Settings.Grid, other.Settings.Grid),
            ("fresh", Settings.Fresh, other.Settings.Fresh),
            ("engine", Settings.Engine, other.Settings.Engine),
            ("parameters", string.Join("; ", Settings.Parameters ?? []), string.Join("; ", other.Settings.Parameters ?? [])),
        };
        var words = differences.Where(part => !Equals(part.Mine, part.Other))
            .Select(part => $"{part.What} ({Words(part.Mine)}, not {Words(part.Other)})");
        return words.Any() ? string.Join(", ", words) : null;
    }

    private static string Words(object? value) => value is null or "" ? "the notebooks' own" : $"{value}";

    // As git shows a commit.
    private static string Short(string digest) => digest[..Math.Min(12, digest.Length)];

    private static string DigestOf(Repository repository, RunSettings settings, IEnumerable<NotebookFile> notebooks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] folders = [Path.Combine(repository.Root, "lib"), repository.Notebooks, repository.Published];
        foreach (var file in Directory.GetFiles(repository.Root).Concat(folders.Where(Directory.Exists).SelectMany(Files))
            .Where(file => Sources.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal))
            Append(Path.GetRelativePath(repository.Root, file).Replace('\\', '/'), File.ReadAllText(file));
        // A run of the grid measures what other runs read.
        var grids = Path.Combine(repository.Notebooks, "grids");
        if (!settings.Grid && Directory.Exists(grids))
            foreach (var file in Directory.GetFiles(grids, "*.json").Order(StringComparer.Ordinal)
                .Where(file => !file.EndsWith(".part.json", StringComparison.Ordinal)))
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
