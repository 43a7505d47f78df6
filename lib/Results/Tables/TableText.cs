namespace Fgsm.Results.Tables;

/// <summary>Tables as plain text, for a terminal or a log.</summary>
public static class TableText
{
    /// <summary>Title, headings, a rule and the rows, in aligned columns; control characters become spaces.</summary>
    public static string ToText(this ResultTable table)
    {
        string[] headers = [.. table.Columns.Select(c => Clean(c.Header))];
        string[][] rows = [.. table.Rows.Select(row => table.Columns.Zip(row, (column, cell) => Clean(column.Show(cell))).ToArray())];
        int[] widths = [.. headers.Select((header, i) => rows.Select(row => row[i].Length).Append(header.Length).Max())];

        var text = new StringBuilder(Clean(table.Title)).Append('\n');
        Line(headers);
        Line([.. widths.Select(width => new string('-', width))]);
        foreach (var row in rows)
            Line(row);
        if (table.Note is not null)
            text.Append(Clean(table.Note)).Append('\n');
        return text.ToString();

        void Line(string[] cells)
        {
            var padded = cells.Select((cell, i) => table.Columns[i].IsNumeric ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }
    }

    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
