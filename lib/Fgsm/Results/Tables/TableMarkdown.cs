using System.Text;

namespace Fgsm.Reporting;

/// <summary>Tables as Markdown: a title line and a pipe table.</summary>
public static class TableMarkdown
{
    /// <summary>The table in GitHub's Markdown; text cannot become markup.</summary>
    public static string ToMarkdown(this ResultTable table)
    {
        var markdown = new StringBuilder($"**{Escape(table.Title)}**\n\n");
        Row(table.Columns.Select(c => Escape(c.Header)));
        Row(table.Columns.Select(c => c.IsNumeric ? "---:" : ":---"));
        foreach (var row in table.Rows)
            Row(table.Columns.Zip(row, (column, cell) => Escape(column.Show(cell))));
        if (table.Note is not null)
            markdown.Append($"\n{Escape(table.Note)}\n");
        return markdown.ToString();

        void Row(IEnumerable<string> cells) => markdown.Append($"| {string.Join(" | ", cells)} |\n");
    }

    /// <summary>Text from outside as Markdown that shows exactly this text, on one line.</summary>
    public static string Escape(string text)
    {
        var markdown = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (@"\`*_[]<>|~$&".Contains(c))
                markdown.Append('\\');
            markdown.Append(char.IsControl(c) ? ' ' : c);
        }
        return markdown.ToString();
    }
}
