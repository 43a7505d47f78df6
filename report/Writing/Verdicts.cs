using System.Globalization;

namespace Fgsm.Report.Writing;

/// <summary>
/// Published against reproduced, in one table: every tolerance that the templates state, with what came of it, and every
/// comparison for which they state none.
/// </summary>
internal sealed class Verdicts(RecordSet records)
{
    private readonly List<Comparison> rows = [];
    private readonly HashSet<(string Table, int Column)> covered = [];

    public bool Any => rows.Count > 0;

    /// <summary>The largest magnitude in the columns of this name: how far a reproduction is off, at worst.</summary>
    /// <exception cref="ReportException">There is no such table or column, or it holds no numbers.</exception>
    public double Largest(string name, string heading) => Worst(name, heading).Size;

    /// <summary>Whether nothing in the columns of this name is above the tolerance.</summary>
    /// <param name="name">A table.</param>
    /// <param name="heading">The name of its columns, with or without their group.</param>
    /// <param name="tolerance">What is allowed.</param>
    /// <param name="why">Why it is not met, for a reader who sees that it is not; null when that is unknown.</param>
    public bool Within(string name, string heading, double tolerance, string? why)
    {
        var (table, columns) = Columns(name, heading);
        var worst = Worst(name, heading);
        var values = columns.Sum(column => table.Rows.Count(row => row[column] is double));
        var exact = columns.All(column => table.Rows.All(row => row[column] is not double difference || Shown(table.Columns[column], difference) == Shown(table.Columns[column], 0)));
        var within = worst.Size <= tolerance;
        covered.UnionWith(columns.Select(column => (name, column)));
        rows.Add(new Comparison(name, What(table, columns[0]), values, worst.Size, tolerance.ToString(CultureInfo.InvariantCulture),
            exact ? "reproduced" : within ? "within its tolerance" : "not reproduced",
            exact ? "" : within || why is null ? $"largest at {worst.Where}" : $"largest at {worst.Where}; {why}"));
        return within;
    }

    /// <summary>Whether a number is as large as it must be.</summary>
    /// <param name="name">A recorded number.</param>
    /// <param name="least">What is asked of it.</param>
    /// <param name="what">What it is, in words; null for its name.</param>
    public bool AtLeast(string name, double least, string? what)
    {
        var value = records.Get<double>(name, "number");
        var reached = value >= least;
        rows.Add(new Comparison(name, what ?? name, 1, double.NaN, string.Create(CultureInfo.InvariantCulture, $"at least {least}"),
            reached ? "within its tolerance" : "not reproduced", string.Create(CultureInfo.InvariantCulture, $"it is {value:0.00}")));
        return reached;
    }

    /// <summary>The table, one row for each comparison, by report.</summary>
    public ResultTable ToTable()
    {
        var table = new ResultTable("Published against reproduced")
        {
            Note = "Reproduced: equal to the last published digit. Within its tolerance: no value is further off than the tolerance stated for it.",
        }
            .Text("Report").Text("What").Number("Values", format: "0").Number("Largest difference", format: "0.00").Text("Tolerance").Text("Verdict").Text("Where, and why");
        foreach (var row in rows.Concat(Uncovered()).OrderBy(row => row.Name.Split('.')[0], StringComparer.Ordinal))
            table.Add(row.Name.Split('.')[0].ToUpperInvariant(), row.What, row.Values, double.IsNaN(row.Largest) ? null : row.Largest, row.Tolerance, row.Verdict, row.Why);
        return table;
    }

    private IEnumerable<Comparison> Uncovered() =>
        from record in records.Of<ResultTable>()
        where !record.Name.EndsWith(SeedStatistics.Ending, StringComparison.Ordinal)
        from column in record.Value.Columns.Index()
        where column.Item is { Name: "Difference", Volatile: false } && !covered.Contains((record.Name, column.Index)) && record.Value.Rows.Any(row => row[column.Index] is double)
        let worst = Worst(record.Name, column.Item.FullName)
        select new Comparison(record.Name, What(record.Value, column.Index), record.Value.Rows.Count(row => row[column.Index] is double), worst.Size, Column.Nothing, "no tolerance stated", $"largest at {worst.Where}");

    private (double Size, string Where) Worst(string name, string heading)
    {
        var (table, columns) = Columns(name, heading);
        var cells = table.Rows.SelectMany(row => columns.Select(column => (Row: row, Cell: row[column]))).Where(cell => cell.Cell is double).ToArray();
        if (cells.Length == 0)
            throw new ReportException($"table '{name}' has no numbers in column '{heading}'.");
        // NaN counts as the worst.
        var worst = cells.MaxBy(cell => double.IsNaN((double)cell.Cell!) ? double.PositiveInfinity : Math.Abs((double)cell.Cell!));
        return (Math.Abs((double)worst.Cell!), worst.Row.OfType<string>().FirstOrDefault() ?? Column.Nothing);
    }

    private (ResultTable Table, int[] Columns) Columns(string name, string heading)
    {
        var table = records.Get<ResultTable>(name, "table");
        int[] columns = [.. table.Columns.Index().Where(c => c.Item.Name == heading || c.Item.FullName == heading).Select(c => c.Index)];
        return columns.Length > 0
            ? (table, columns)
            : throw new ReportException($"table '{name}' has no column '{heading}'; it has {string.Join(", ", table.Columns.Select(c => $"'{c.FullName}'"))}.");
    }

    private sealed record Comparison(string Name, string What, int Values, double Largest, string Tolerance, string Verdict, string Why);

    private static string What(ResultTable table, int column) => table.Columns[column].Group is { } group ? $"{table.Title}: {group}" : table.Title;

    private static string Shown(Column column, double value) => value.ToString(column.Format, CultureInfo.InvariantCulture);
}
