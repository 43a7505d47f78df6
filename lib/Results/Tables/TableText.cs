namespace Fgsm.Results.Tables;

/// <summary>Tables as plain text, for a terminal or a log.</summary>
public static class TableText
{
    private const int Gap = 2;

    /// <summary>Title, headings, a rule and the rows, in aligned columns; control characters become spaces.</summary>
    /// <param name="table">The table.</param>
    /// <param name="most">How many letters a line may have: the cells of the widest columns are broken into lines; columns of 8 stay whole.</param>
    public static string ToText(this ResultTable table, int most = int.MaxValue)
    {
        string[] headers = [.. table.Columns.Select(c => Clean(c.Header))];
        string[][] rows = [.. table.Rows.Select(row => table.Columns.Zip(row, (column, cell) => Clean(column.Show(cell))).ToArray())];
        int[] widths = [.. headers.Select((header, i) => rows.Select(row => row[i].Length).Append(header.Length).Max())];

        while (widths.Sum() + Gap * (widths.Length - 1) > most && widths.Max() > 8)
            widths[Array.IndexOf(widths, widths.Max())]--;

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
            string[][] broken = [.. cells.Select((cell, i) => Lines(cell, widths[i]).ToArray())];
            for (var line = 0; line < broken.Max(lines => lines.Length); line++)
            {
                var padded = broken.Select(lines => lines.ElementAtOrDefault(line) ?? "")
                    .Select((part, i) => table.Columns[i].IsNumeric ? part.PadLeft(widths[i]) : part.PadRight(widths[i]));
                text.Append(string.Join(new string(' ', Gap), padded).TrimEnd()).Append('\n');
            }
        }
    }

    private static IEnumerable<string> Lines(string text, int width)
    {
        while (text.Length > width)
        {
            var space = text.LastIndexOf(' ', width);
            yield return text[..(space > 0 ? space : width)];
            text = text[(space > 0 ? space + 1 : width)..];
        }
        yield return text;
    }

    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
