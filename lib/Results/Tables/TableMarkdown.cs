using System.Text.RegularExpressions;

namespace Fgsm.Results.Tables;

/// <summary>Tables as Markdown: a title line and a pipe table.</summary>
public static partial class TableMarkdown
{
    /// <summary>The table in GitHub's Markdown; text cannot become markup.</summary>
    public static string ToMarkdown(this ResultTable table)
    {
        var markdown = new StringBuilder($"**{Escape(table.Title)}**\n\n");
        Row(table.Columns.Select(c => Escape(c.Header)));
        Row(table.Columns.Select(c => c.IsNumeric ? "---:" : ":---"));
        foreach (var row in table.Rows)
            Row(table.Columns.Zip(row, (column, cell) => cell is string text ? Escape(text) : column.Show(cell)));
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
            if (@"\`*_[]<>|~$&#".Contains(c))
                markdown.Append('\\');
            markdown.Append(char.IsControl(c) ? ' ' : c);
        }
        return ListOrRule().Replace(markdown.ToString(), @"$1\$2$3");
    }

    // What makes a list, a rule or a heading at the start of a line; a number makes none of them.
    [GeneratedRegex(@"^(\s*)([-+=])(?![0-9])|(?<=^\s*[0-9]+)([.)])(?![0-9])")]
    private static partial Regex ListOrRule();
}
