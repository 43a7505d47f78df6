using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>A part of a run that needs no other: a notebook with one seed.</summary>
/// <param name="Notebook">The notebook.</param>
/// <param name="Seed">How many seeds after the first; 0 for a notebook without a seed.</param>
internal sealed record Piece(NotebookFile Notebook, int Seed)
{
    /// <summary>"02-experiment-report.seed-43", or the notebook's name alone where it has no seed.</summary>
    public string NameIn(RunSettings settings) => HasSeed(Notebook)
        ? string.Create(CultureInfo.InvariantCulture, $"{Notebook.Name}.seed-{(settings.Seed ?? Notebook.Seed) + Seed}")
        : Notebook.Name;

    /// <summary>All pieces of a run: every notebook with its first seed, then with the second, and so on.</summary>
    public static IEnumerable<Piece> All(RunSettings settings, IReadOnlyList<NotebookFile> notebooks) => Enumerable.Range(0, settings.Seeds)
        .SelectMany(seed => notebooks.Where(notebook => seed == 0 || HasSeed(notebook)).Select(notebook => new Piece(notebook, seed)));

    public static bool HasSeed(NotebookFile notebook) => notebook.Parameters.ContainsKey(Parameter.Seed);
}
