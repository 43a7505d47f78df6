namespace Fgsm.Results.Tables;

/// <summary>Tables as LaTeX, for the packages array, booktabs and graphicx.</summary>
public static class TableLatex
{
    // A line of more letters is broken.
    private const int LongText = 40;

    /// <summary>A table environment with caption, shrunk where it is wider than the text; the preamble needs \usepackage{array,booktabs,graphicx}.</summary>
    /// <param name="table">The table.</param>
    /// <param name="placement">Where LaTeX may put it; "H", of the package float, is exactly here.</param>
    public static string ToLatex(this ResultTable table, string placement = "ht")
    {
        var latex = new StringBuilder($"\\begin{{table}}[{placement}]\n\\centering\n");
        latex.Append($"\\caption{{{Escape(table.Title)}}}\n");
        latex.Append("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n");
        latex.Append($"\\begin{{tabular}}{{{string.Concat(table.Columns.Index().Select(c => Shape(table, c.Index)))}}}\n\\toprule\n");
        if (table.Columns.Any(column => column.Group is not null))
            AppendGroups(latex, table.Columns);
        Row(table.Columns.Select(Heading));
        latex.Append("\\midrule\n");
        foreach (var row in table.Rows)
            Row(table.Columns.Zip(row, (column, cell) => cell is double ? Number(column.Show(cell)) : Escape(column.Show(cell))));
        latex.Append("\\bottomrule\n\\end{tabular}}\n");
        if (table.Note is not null)
            latex.Append($"\\par\\smallskip\\footnotesize {Escape(table.Note)}\n");
        return latex.Append("\\end{table}\n").ToString();

        // \relax: a cell that starts with [ is not the optional argument of the \\ before it.
        void Row(IEnumerable<string> cells) => latex.Append($"\\relax {string.Join(" & ", cells)} \\\\\n");
    }

    // In as many lines as it takes, so that a heading is not much wider than the numbers under it.
    private static string Heading(Column column)
    {
        List<string> lines = [];
        foreach (var word in column.ShortHeader.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + word.Length < 12)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }
        return lines.Count == 1 ? Escape(lines[0]) : $"\\shortstack[{(column.IsNumeric ? 'r' : 'l')}]{{{string.Join("\\\\{}", lines.Select(Escape))}}}";
    }

    private static string Shape(ResultTable table, int column) => table.Columns[column].IsNumeric
        ? "r"
        : table.Rows.Any(row => row[column] is string { Length: > LongText }) ? ">{\\raggedright\\arraybackslash}p{0.45\\linewidth}" : "l";

    private static void AppendGroups(StringBuilder latex, IReadOnlyList<Column> columns)
    {
        List<string> cells = [], rules = [];
        foreach (var (group, first, span) in Column.Groups(columns))
        {
            cells.Add(group is null ? string.Concat(Enumerable.Repeat("& ", span - 1)) : $"\\multicolumn{{{span}}}{{c}}{{{Escape(group)}}}");
            if (group is not null)
                rules.Add(FormattableString.Invariant($"\\cmidrule(lr){{{first + 1}-{first + span}}}"));
        }
        latex.Append($"\\relax {string.Join(" & ", cells)} \\\\\n{string.Concat(rules)}\n");
    }

    /// <summary>Text from outside as LaTeX that prints exactly this text, on one line.</summary>
    public static string Escape(string text)
    {
        var latex = new StringBuilder(text.Length);
        foreach (var c in text)
            latex.Append(c switch
            {
                '\\' => "\\textbackslash{}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '<' => "\\textless{}",
                '>' => "\\textgreater{}",
                '|' => "\\textbar{}",
                '–' => "--",
                '{' or '}' or '$' or '&' or '#' or '_' or '%' => "\\" + c,
                _ when char.IsControl(c) => " ",
                _ => c.ToString(),
            });
        return latex.ToString();
    }

    // A hyphen is not a minus sign.
    private static string Number(string number) => Escape(number).Replace("-", "$-$");
}
