namespace Fgsm.Results.Tables;

/// <summary>Tables as CSV (RFC 4180), numbers at full precision.</summary>
public static class TableCsv
{
    /// <summary>A line of headings and a line per row; nothing to say is an empty field.</summary>
    /// <remarks>Text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection).</remarks>
    /// <param name="withVolatile">False leaves out the <see cref="Column.Volatile"/> columns: what must not change between two runs.</param>
    public static string ToCsv(this ResultTable table, bool withVolatile = true)
    {
        var csv = new StringBuilder();
        var kept = table.Columns.Index().Where(c => withVolatile || !c.Item.Volatile).ToArray();
        Line(kept.Select(c => Text(c.Item.Header)));
        foreach (var row in table.Rows)
            Line(kept.Select(c => Field(row[c.Index])));
        return csv.ToString();

        void Line(IEnumerable<string> fields) => csv.AppendJoin(',', fields).Append("\r\n");
    }

    private static string Field(object? cell) => cell switch
    {
        null => "",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Text((string)cell),
    };

    private static string Text(string text)
    {
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0]))
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }
}
