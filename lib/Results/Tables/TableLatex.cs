namespace Fgsm.Results.Tables;

/// <summary>Tables as LaTeX, for the packages array, booktabs and graphicx.</summary>
public static class TableLatex
{
    // A line of more letters is broken.
    private const int LongText = 40;

    // More rows than a page holds.
    private const int LongTable = 40;

    /// <summary>
    /// A table environment with caption, shrunk where it is wider than the text; the preamble needs
    /// \usepackage{array,booktabs,graphicx,xcolor}, and longtable where long tables may be broken.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="placement">Where LaTeX may put it; "H", of the package float, is exactly here.</param>
    /// <param name="label">The name for \ref; null for none.</param>
    /// <param name="breakLong">Whether a table of many rows goes on on the next page instead of being shrunk.</param>
    public static string ToLatex(this ResultTable table, string placement = "ht", string? label = null, bool breakLong = false)
    {
        var latex = new StringBuilder();
        var caption = $"\\caption{{{Escape(table.Title)}}}{(label is null ? "" : $"\\label{{{label}}}")}";
        var columns = string.Concat(table.Columns.Index().Select(c => Shape(table, c.Index)));
        if (breakLong && table.Rows.Count > LongTable)
        {
            latex.Append($"{{\\{(table.Columns.Count <= 10 ? "footnotesize" : "tiny")}\\setlength{{\\tabcolsep}}{{3pt}}\n\\begin{{longtable}}{{{columns}}}\n{caption}\\\\\n\\toprule\n");
            Headings();
            latex.Append("\\endfirsthead\n\\toprule\n");
            Headings();
            latex.Append("\\endhead\n");
            Body();
            latex.Append("\\bottomrule\n\\end{longtable}}\n");
        }
        else
        {
            latex.Append($"\\begin{{table}}[{placement}]\n\\centering\n{caption}\n");
            latex.Append("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n");
            latex.Append($"\\begin{{tabular}}{{{columns}}}\n\\toprule\n");
            Headings();
            Body();
            latex.Append("\\bottomrule\n\\end{tabular}}\n");
        }
        if (table.Note is not null)
            latex.Append($"\\par\\smallskip{{\\footnotesize {Escape(table.Note)}\\par}}\n");
        return latex.Append(breakLong && table.Rows.Count > LongTable ? "\n" : "\\end{table}\n").ToString();

        void Headings()
        {
            if (table.Columns.Any(column => column.Group is not null))
                AppendGroups(latex, table.Columns);
            Row(table.Columns.Select(Heading));
            latex.Append("\\midrule\n");
        }

        void Body()
        {
            foreach (var row in table.Rows)
                Row(table.Columns.Zip(row, Cell));
        }

        // \relax: a cell that starts with [ is not the optional argument of the \\ before it.
        void Row(IEnumerable<string> cells) => latex.Append($"\\relax {string.Join(" & ", cells)} \\\\\n");
    }

    private static string Cell(Column column, object? cell)
    {
        var text = column.Show(cell);
        return cell is double ? Number(text)
            : column.Kind == ColumnKind.Verdict && Verdicts.Colour(text) is var (_, ink) ? $"\\textcolor[HTML]{{{ink}}}{{{Escape(text)}}}"
            : Escape(text);
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
                '✓' => "\\ensuremath{\\surd}",
                '✗' => "\\ensuremath{\\times}",
                '≈' => "\\ensuremath{\\approx}",
                '{' or '}' or '$' or '&' or '#' or '_' or '%' => "\\" + c,
                _ when char.IsControl(c) => " ",
                _ => c.ToString(),
            });
        return latex.ToString();
    }

    // A hyphen is not a minus sign.
    private static string Number(string number) => Escape(number).Replace("-", "$-$");
}
