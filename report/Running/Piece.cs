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

    /// <summary>All pieces of a run: every notebook with each of its seeds, so that shards have like parts of a long notebook.</summary>
    public static IEnumerable<Piece> All(RunSettings settings, IEnumerable<NotebookFile> notebooks) => notebooks
        .SelectMany(notebook => Enumerable.Range(0, HasSeed(notebook) ? settings.Seeds : 1).Select(seed => new Piece(notebook, seed)));

    public static bool HasSeed(NotebookFile notebook) => notebook.Parameters.ContainsKey(Parameter.Seed);
}
