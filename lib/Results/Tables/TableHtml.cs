using System.Net;

namespace Fgsm.Results.Tables;

/// <summary>Tables as HTML: one table element in a box that scrolls when the page is narrow.</summary>
public static class TableHtml
{
    /// <summary>The table as an HTML fragment; all text is encoded.</summary>
    public static string ToHtml(this ResultTable table)
    {
        var html = new StringBuilder("<div class=\"result-table\" style=\"overflow-x:auto\">\n<table>\n");
        html.Append($"<caption>{Encode(table.Title)}</caption>\n<thead>\n");
        if (table.Columns.Any(column => column.Group is not null))
            AppendGroups(html, table.Columns);
        html.Append("<tr>");
        foreach (var column in table.Columns)
            html.Append($"<th scope=\"col\"{Align(column)}>{Encode(column.ShortHeader)}</th>");
        html.Append("</tr>\n</thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            foreach (var (column, cell) in table.Columns.Zip(row))
                html.Append($"<td{Colour(column, cell)}{Align(column)}>{Encode(column.Show(cell))}</td>");
            html.Append("</tr>\n");
        }
        html.Append("</tbody>\n</table>\n");
        if (table.Note is not null)
            html.Append($"<p class=\"note\">{Encode(table.Note)}</p>\n");
        return html.Append("</div>\n").ToString();
    }

    private static void AppendGroups(StringBuilder html, IReadOnlyList<Column> columns)
    {
        html.Append("<tr>");
        foreach (var (group, _, span) in Column.Groups(columns))
            html.Append(group is null ? $"<td colspan=\"{span}\"></td>" : $"<th scope=\"colgroup\" colspan=\"{span}\" style=\"text-align:center\">{Encode(group)}</th>");
        html.Append("</tr>\n");
    }

    private static string Colour(Column column, object? cell) =>
        column.Kind == ColumnKind.Verdict && cell is string text && Verdicts.Colour(text) is var (name, _) ? $" class=\"verdict-{name}\"" : "";

    private static string Align(Column column) => $" style=\"text-align:{(column.IsNumeric ? "right" : "left")}\"";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
