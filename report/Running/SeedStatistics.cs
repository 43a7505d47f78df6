using System.Globalization;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Running;

/// <summary>What several seeds give, beside the published values: mean and standard deviation.</summary>
internal static class SeedStatistics
{
    /// <summary>The ending of the tables' names.</summary>
    public const string Ending = ".seeds";

    /// <summary>
    /// What a seed gave, of each table that compares: the texts of every column of text, and our values of every comparison, from the
    /// first row to the last, by the column's name.
    /// </summary>
    public static JsonObject Values(RecordSet records)
    {
        var values = new JsonObject();
        foreach (var (name, table) in records.Of<ResultTable>().Where(record => !record.Name.EndsWith(Ending, StringComparison.Ordinal) && Groups(record.Value).Any()))
        {
            var kept = table.Columns.Index().Where(column => column.Item.Kind == ColumnKind.Text).Select(column => column.Index).Concat(Groups(table).Select(group => group + 1));
            values[name] = new JsonObject(kept.Select(column => KeyValuePair.Create(table.Columns[column].FullName, (JsonNode?)Cells(table, column))));
        }
        return values;
    }

    /// <summary>A table for each recorded table that compares; of one seed there are none.</summary>
    /// <param name="first">The results of the first seed.</param>
    /// <param name="bySeed">The <see cref="Values"/> of each seed, the first one's too.</param>
    public static IEnumerable<ResultRecord> Of(RecordSet first, IReadOnlyCollection<JsonObject> bySeed) => bySeed.Count < 2
        ? []
        : from record in first.Of<ResultTable>()
          where Groups(record.Value).Any() && bySeed.All(seed => SameShape(record.Value, seed[record.Name] as JsonObject))
          let runs = bySeed.Select(seed => (JsonObject)seed[record.Name]!).ToArray()
          where Labels(record.Value, runs).Length > 0
          select new ResultRecord(record.Name + Ending, Table(record.Value, runs));

    private static ResultTable Table(ResultTable first, JsonObject[] runs)
    {
        var labels = Labels(first, runs);
        var groups = Groups(first).ToArray();
        var table = new ResultTable(string.Create(CultureInfo.InvariantCulture, $"{first.Title}, over {runs.Length} seeds"))
        {
            Note = "Mean and standard deviation (n - 1) of our values; the difference is that of the mean.",
        };
        foreach (var column in labels)
            table.Text(first.Columns[column].Name);
        foreach (var published in groups)
        {
            var (group, unit, format) = (first.Columns[published].Group, first.Columns[published].Unit, first.Columns[published].Format!);
            table.Compared(group, unit, format).Number(Deviation(group), first.Columns[published + 2].Unit, format);
        }
        table.Number("Seeds", format: "0");

        foreach (var row in Enumerable.Range(0, first.Rows.Count))
        {
            List<object?> cells = [.. labels.Select(column => first.Rows[row][column])];
            foreach (var published in groups)
            {
                double[] ours = [.. runs.Select(run => run[first.Columns[published + 1].FullName]![row]).OfType<JsonNode>().Select(value => (double)value)];
                var all = ours.Length == runs.Length;
                cells.AddRange([first.Rows[row][published], all ? ours.Average() : null, all ? SampleDeviation(ours) : null]);
            }
            table.Add([.. cells, runs.Length]);
        }
        return table;
    }

    private static JsonArray Cells(ResultTable table, int column) => new([.. table.Rows.Select(row => row[column] switch
    {
        double number when double.IsFinite(number) => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        _ => null,
    })]);

    private static bool SameShape(ResultTable table, JsonObject? values) => values is not null
        && Groups(table).All(group => values[table.Columns[group + 1].FullName] is JsonArray cells && cells.Count == table.Rows.Count);

    /// <summary>Where the groups of published, ours and difference begin, without those that differ from run to run by nature.</summary>
    private static IEnumerable<int> Groups(ResultTable table) => Enumerable.Range(0, Math.Max(table.Columns.Count - 2, 0)).Where(i =>
        table.Columns[i].Name == "Published" && table.Columns[i + 1] is { Name: "Ours", Volatile: false } && table.Columns[i + 2].Name == "Difference");

    /// <summary>The columns of text that say the same for every seed.</summary>
    private static int[] Labels(ResultTable first, JsonObject[] runs) => [.. Enumerable.Range(0, first.Columns.Count).Where(column =>
        first.Columns[column].Kind == ColumnKind.Text && runs.All(run => JsonNode.DeepEquals(run[first.Columns[column].FullName], Cells(first, column))))];

    private static string Deviation(string? group) => group is null ? "Standard deviation" : $"{group}, standard deviation";

    private static double SampleDeviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
