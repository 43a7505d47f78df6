using System.Security.Cryptography;

namespace Fgsm.Results.Tables;

/// <summary>
/// A table of results: typed columns with units, and the published value beside ours.
/// Numbers keep their full precision and are rounded only when shown.
/// </summary>
/// <example><code>
/// var table = new ResultTable("Baseline under FGSM").Text("eps").Compared("Robust accuracy");
/// table.Add("2/255", 98.68, 98.57);   // published, ours; the difference is taken by the table
/// </code></example>
/// <param name="title">What the table shows, on what data.</param>
/// <exception cref="ArgumentException">The title is empty.</exception>
public sealed class ResultTable(string title)
{
    private readonly List<Column> columns = [];
    private readonly List<IReadOnlyList<object?>> rows = [];
    private readonly HashSet<int> differences = [];

    /// <summary>What the table shows, on what data.</summary>
    public string Title { get; } = !string.IsNullOrWhiteSpace(title) ? title
        : throw new ArgumentException("A table's title says what it shows; it cannot be empty.", nameof(title));

    /// <summary>A remark under the table; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<Column> Columns => columns;

    /// <summary>The rows; a cell is a <see cref="double"/>, a <see cref="string"/> or null (nothing to say).</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Rows => rows;

    /// <summary>Adds a column of text.</summary>
    public ResultTable Text(string name, bool isVolatile = false) => With(new Column(name, ColumnKind.Text, Volatile: isVolatile));

    /// <summary>Adds a column of numbers.</summary>
    public ResultTable Number(string name, string? unit = null, string format = "0.###", bool isVolatile = false) =>
        With(new Column(name, ColumnKind.Number, unit, format, isVolatile));

    /// <summary>Adds a column of percentages from 0 to 100.</summary>
    public ResultTable Percent(string name, string format = "0.00", bool isVolatile = false) =>
        With(new Column(name, ColumnKind.Percent, "%", format, isVolatile));

    /// <summary>Adds a column of verdicts, as <see cref="Verdicts.ToText"/> words them.</summary>
    public ResultTable Verdict(string name = "Verdict") => With(new Column(name, ColumnKind.Verdict));

    /// <summary>
    /// Adds three columns, Published, Ours and Difference (ours - published). A row gives the first two; either may be null.
    /// </summary>
    /// <param name="quantity">What is compared, the group of the three columns; null when the title says it.</param>
    /// <param name="unit">"%" for percentages (their difference is in points), else the unit; null for none.</param>
    /// <param name="format">How the two values are shown; the difference is shown with its sign.</param>
    /// <param name="isVolatile">True for times: our value and the difference change from run to run.</param>
    public ResultTable Compared(string? quantity = null, string? unit = "%", string format = "0.00", bool isVolatile = false)
    {
        var kind = unit == "%" ? ColumnKind.Percent : ColumnKind.Number;
        With(new Column("Published", kind, unit, format, Group: quantity));
        With(new Column("Ours", kind, unit, format, isVolatile, quantity));
        differences.Add(columns.Count);
        return With(new Column("Difference", ColumnKind.Number, unit == "%" ? "points" : unit, $"+{format};-{format};{format}", isVolatile, quantity));
    }

    /// <summary>Adds a row: one value for each column except the differences, which the table takes itself.</summary>
    /// <exception cref="ArgumentException">Too few or too many values, or a value that its column cannot hold.</exception>
    public ResultTable Add(params object?[] cells)
    {
        var expected = columns.Count - differences.Count;
        if (cells.Length != expected)
            throw new ArgumentException($"Table '{Title}': a row needs {expected} values and was given {cells.Length}.");

        var row = new object?[columns.Count];
        var given = 0;
        for (var i = 0; i < row.Length; i++)
            row[i] = differences.Contains(i) ? Difference(row[i - 2], row[i - 1]) : Cell(columns[i], cells[given++]);
        rows.Add(row);
        return this;
    }

    /// <summary>
    /// SHA-256, in hexadecimal, over everything that must not change between two runs: title, columns and cells, at full
    /// precision, without the <see cref="Column.Volatile"/> columns.
    /// </summary>
    public string Digest()
    {
        var canonical = TableJson.Write(this, withVolatile: false).ToJsonString();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    /// <summary>The same table under another title.</summary>
    public ResultTable Titled(string title)
    {
        var table = new ResultTable(title) { Note = Note };
        table.columns.AddRange(columns);
        table.differences.UnionWith(differences);
        table.rows.AddRange(rows);
        return table;
    }

    /// <summary>Reads a table that <see cref="TableJson.ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">This is not such a table.</exception>
    public static ResultTable FromJson(string json) => TableJson.Read(json);

    internal ResultTable With(Column column)
    {
        if (rows.Count > 0)
            throw new InvalidOperationException($"Table '{Title}': column '{column.Name}' comes after the first row.");
        if (column.Format is not null && !Column.IsFormat(column.Format))
            throw new ArgumentException($"Table '{Title}', column '{column.FullName}': '{column.Format}' is not a .NET number format; \"0.00\" is one.");
        columns.Add(column);
        return this;
    }

    private static object? Difference(object? published, object? ours) =>
        published is double p && ours is double o ? o - p : null;

    private object? Cell(Column column, object? value) => value switch
    {
        null => null,
        string text when !column.IsNumeric => text,
        double or float or int or long or decimal when column.IsNumeric => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"Table '{Title}', column '{column.FullName}' ({column.Kind}): cannot hold {value.GetType().Name} '{value}'."),
    };
}
