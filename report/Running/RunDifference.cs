using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>Two runs side by side: where their results differ, and where they come from.</summary>
internal static class RunDifference
{
    /// <summary>What differs between the results, one line for each table's cell and each value; empty when they agree.</summary>
    /// <remarks>Times and the like, which differ by nature, are left out.</remarks>
    public static ResultTable Between(RecordSet first, RecordSet second, string firstName, string secondName)
    {
        var table = new ResultTable("Results that differ").Text("Record").Text("Where").Text(firstName).Text(secondName);
        foreach (var name in first.All.Concat(second.All).Select(record => record.Name).Distinct().Order(StringComparer.Ordinal))
        {
            if (!first.Has(name) || !second.Has(name))
                table.Add(name, "", first.Has(name) ? "recorded" : "not there", second.Has(name) ? "recorded" : "not there");
            else
                foreach (var (where, left, right) in Between(first.Get<object>(name, "record"), second.Get<object>(name, "record")))
                    table.Add(name, where, left, right);
        }
        return table;
    }

    /// <summary>What the two runs say of where they come from, side by side.</summary>
    public static ResultTable Origins(Provenance first, Provenance second, string firstName, string secondName)
    {
        var table = new ResultTable("Runs").Text("").Text(firstName).Text(secondName);
        foreach (var (what, read) in new (string, Func<Provenance, string>)[]
        {
            ("Commit", p => p.Commit),
            ("Run", p => $"{(p.Settings.Quick ? "quick" : "full")}{(p.Settings.Grid ? ", whole grid" : "")}{(p.Settings.Fresh ? ", all trained afresh" : "")}"),
            ("Parameters", p => string.Join("; ", p.Settings.Parameters ?? [])),
            ("Seed", p => p.Seed),
            ("Notebooks", p => string.Join(", ", p.Notebooks)),
            ("Data", p => string.Join("; ", p.Data)),
            ("Engine", p => p.Engine),
            ("Machine", p => $"{p.Cpu}, {p.Threads} threads"),
            ("Software", p => $"{p.Runtime} on {p.System}"),
            ("Date", p => p.Date),
            ("Wall time", p => p.WallTime),
            ("Peak memory", p => p.PeakMemory ?? Column.Nothing),
        })
            table.Add(what, Of(first, read), Of(second, read));
        return table;

        // A report that keeps chapters is of several runs.
        static string Of(Provenance provenance, Func<Provenance, string> read) => string.Join("; ", provenance.Runs.Select(read).Distinct());
    }

    private static IEnumerable<(string Where, string First, string Second)> Between(object first, object second) => (first, second) switch
    {
        (ResultTable a, ResultTable b) => Between(a, b),
        (Figure a, Figure b) => a.ToJson() == b.ToJson() ? [] : [("the figure", "one picture", "another")],
        _ => Equals(first, second) ? [] : [("", Exact(first), Exact(second))],
    };

    private static IEnumerable<(string, string, string)> Between(ResultTable first, ResultTable second)
    {
        if (first.Digest() == second.Digest())
            yield break;
        if (!first.Columns.SequenceEqual(second.Columns) || first.Rows.Count != second.Rows.Count)
        {
            yield return ("the shape", Shape(first), Shape(second));
            yield break;
        }
        if (first.Title != second.Title)
            yield return ("the title", first.Title, second.Title);
        if (first.Note != second.Note)
            yield return ("the note", first.Note ?? Column.Nothing, second.Note ?? Column.Nothing);
        foreach (var (row, (a, b)) in first.Rows.Zip(second.Rows).Index())
            foreach (var (i, column) in first.Columns.Index())
            {
                if (!column.Volatile && !Equals(a[i], b[i]))
                    yield return ($"{Label(a, row)}: {column.Header}", Exact(a[i]), Exact(b[i]));
            }
    }

    private static string Shape(ResultTable table) =>
        string.Create(CultureInfo.InvariantCulture, $"{table.Rows.Count} rows of {string.Join(", ", table.Columns.Select(column => column.Header))}");

    private static string Label(IReadOnlyList<object?> row, int index) => row[0] as string ?? string.Create(CultureInfo.InvariantCulture, $"row {index + 1}");

    private static string Exact(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : Column.Nothing;
}
