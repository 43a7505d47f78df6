namespace Fgsm.Report.Comparing;

/// <summary>A cell of a recorded table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Row">The number of the row.</param>
/// <param name="Column">The number of the column.</param>
internal readonly record struct ResultCell(ResultTable Table, int Row, int Column)
{
    /// <summary>What stands there: a number, a text or null.</summary>
    public object? Value => Table.Rows[Row][Column];

    /// <summary>Finds a cell; null when the table has no such row.</summary>
    /// <param name="records">The recorded tables.</param>
    /// <param name="record">The table's name.</param>
    /// <param name="row">
    /// The row's first text cells, with " | " between; of a cell its beginning is enough, up to a space or a comma: "0" for "0 (clean)".
    /// </param>
    /// <param name="column">The column's name, with its group.</param>
    /// <exception cref="ReportException">There is no such table or column.</exception>
    public static ResultCell? Find(RecordSet records, string record, string row, string column)
    {
        var table = records.Get<ResultTable>(record, "table");
        var found = ColumnOf(table, record, column);
        var label = row.Split(" | ");
        string[][] labels = [.. table.Rows.Select(cells => cells.OfType<string>().Take(label.Length).ToArray())];
        var at = Array.FindIndex(labels, cells => cells.SequenceEqual(label));
        if (at < 0)
            at = Array.FindIndex(labels, cells => cells.Length == label.Length && cells.Zip(label).All(pair => Begins(pair.First, pair.Second)));
        return at < 0 ? null : new ResultCell(table, at, found);

        static bool Begins(string cell, string text) => cell == text || cell.StartsWith(text + " ", StringComparison.Ordinal) || cell.StartsWith(text + ",", StringComparison.Ordinal);
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="ReportException">There is no such column.</exception>
    public static int ColumnOf(ResultTable table, string record, string name)
    {
        var column = table.Columns.Index().FirstOrDefault(c => c.Item.FullName == name, (-1, null!)).Index;
        return column >= 0
            ? column
            : throw new ReportException($"table '{record}' has no column '{name}'; it has {string.Join(", ", table.Columns.Select(c => $"'{c.FullName}'"))}.");
    }
}
