using Microsoft.Data.Analysis;

namespace Fgsm.Results;

/// <summary>
/// What a report published: one file of data/published, which data/README.md describes. A value is found by its key (eps, data set,
/// network), never by its place in a list.
/// </summary>
/// <example><code>
/// var published = Published.Read("b.robust");
/// published.Value("robust_baseline", ("eps", "2/255"))    // 98.68
/// published.Value("robust_baseline", ("eps", "16/255"))   // null: the report does not say
/// </code></example>
public sealed class Published
{
    private readonly string file;

    private Published(string file, DataFrame frame) => (this.file, Frame) = (file, frame);

    /// <summary>The whole file, as written: every column is text.</summary>
    public DataFrame Frame { get; }

    /// <summary>Reads a file of published values.</summary>
    /// <param name="name">The report's letter, a dot, and what it is: "b.robust".</param>
    /// <param name="folder">Where the files are; null for data/published of the checkout.</param>
    /// <exception cref="ArgumentException">There is no such file, or no checkout.</exception>
    public static Published Read(string name, string? folder = null)
    {
        folder ??= Checkout.Folder is { } root ? Path.Combine(root, "data", "published")
            : throw new ArgumentException($"Published: no checkout with data/published above {Directory.GetCurrentDirectory()}; say which folder holds {name}.csv.");
        var file = Path.Combine(folder, name + ".csv");
        if (!File.Exists(file))
        {
            string[] known = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.csv") : [];
            throw new ArgumentException($"Published: {folder} has no {name}.csv; it has {string.Join(", ", known.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).DefaultIfEmpty("none"))}.");
        }
        return new Published(file, DataFrame.LoadCsvFromString(File.ReadAllText(file), guessTypeFunction: _ => typeof(string)));
    }

    /// <summary>A published number; null where the report gives none.</summary>
    /// <param name="column">Which number.</param>
    /// <param name="key">The columns that name the row and what stands there, as written; numbers in the shortest form: ("eps", 0.1).</param>
    /// <exception cref="ArgumentException">There is no such column, more than one row has this key, or the cell holds no number.</exception>
    public double? Value(string column, params (string Column, object Value)[] key) => Text(column, key) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw Error($"{column} where {Describe(key)} is '{text}', not a number."),
    };

    /// <summary>A published text; null where the report says nothing.</summary>
    /// <inheritdoc cref="Value"/>
    public string? Text(string column, params (string Column, object Value)[] key)
    {
        var wanted = key.Select(k => (Cells: Column(k.Column), Text: Convert.ToString(k.Value, CultureInfo.InvariantCulture))).ToArray();
        var cells = Column(column);
        var rows = Enumerable.Range(0, cells.Length).Where(row => wanted.All(k => k.Cells[row] == k.Text)).ToArray();
        if (rows.Length > 1)
            throw Error($"{rows.Length} rows have {Describe(key)}; a key names one row.");
        return rows.Length == 0 || string.IsNullOrEmpty(cells[rows[0]]) ? null : cells[rows[0]];
    }

    private string?[] Column(string name) => Frame.Columns.FirstOrDefault(c => c.Name == name)?.Cast<string?>().ToArray()
        ?? throw Error($"no column {name}; it has {string.Join(", ", Frame.Columns.Select(c => c.Name))}.");

    private static string Describe((string Column, object Value)[] key) =>
        string.Join(", ", key.Select(k => FormattableString.Invariant($"{k.Column} {k.Value}")).DefaultIfEmpty("no key"));

    private ArgumentException Error(string what) => new($"Published: {file}: {what}");
}
