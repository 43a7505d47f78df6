using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>What several seeds give, beside the published values: mean and standard deviation.</summary>
internal static class SeedStatistics
{
    /// <summary>The ending of the tables' names.</summary>
    public const string Ending = ".seeds";

    /// <summary>A table for each recorded table that compares; of one seed there are none.</summary>
    /// <param name="bySeed">The results of each seed.</param>
    public static IEnumerable<ResultRecord> Of(IReadOnlyList<RecordSet> bySeed) => bySeed.Count < 2
        ? []
        : bySeed[0].Of<ResultTable>()
            .Where(record => bySeed.All(seed => seed.Has(record.Name)))
            .Select(record => (record.Name, Runs: bySeed.Select(seed => seed.Get<ResultTable>(record.Name, "table")).ToArray()))
            .Where(table => Groups(table.Runs[0]).Any() && table.Runs.All(run => run.Rows.Count == table.Runs[0].Rows.Count) && Labels(table.Runs).Length > 0)
            .Select(table => new ResultRecord(table.Name + Ending, Table(table.Runs)));

    private static ResultTable Table(ResultTable[] runs)
    {
        var first = runs[0];
        var labels = Labels(runs);
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

        foreach (var row in Enumerable.Range(0, first.Rows.Count))
        {
            List<object?> cells = [.. labels.Select(column => first.Rows[row][column])];
            foreach (var published in groups)
            {
                double[] ours = [.. runs.Select(run => run.Rows[row][published + 1]).OfType<double>()];
                var all = ours.Length == runs.Length;
                cells.AddRange([first.Rows[row][published], all ? ours.Average() : null, all ? SampleDeviation(ours) : null]);
            }
            table.Add([.. cells]);
        }
        return table;
    }

    /// <summary>Where the groups of published, ours and difference begin, without those that differ from run to run by nature.</summary>
    private static IEnumerable<int> Groups(ResultTable table) => Enumerable.Range(0, Math.Max(table.Columns.Count - 2, 0)).Where(i =>
        table.Columns[i].Name == "Published" && table.Columns[i + 1] is { Name: "Ours", Volatile: false } && table.Columns[i + 2].Name == "Difference");

    /// <summary>The columns of text that say the same for every seed.</summary>
    private static int[] Labels(ResultTable[] runs) => [.. Enumerable.Range(0, runs[0].Columns.Count).Where(column =>
        runs[0].Columns[column].Kind == ColumnKind.Text && runs.All(run => run.Rows.Zip(runs[0].Rows).All(rows => Equals(rows.First[column], rows.Second[column]))))];

    private static string Deviation(string? group) => group is null ? "Standard deviation" : $"{group}, standard deviation";

    private static double SampleDeviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
