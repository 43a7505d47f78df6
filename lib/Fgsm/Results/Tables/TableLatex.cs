using System.Text;

namespace Fgsm.Reporting;

/// <summary>Tables as LaTeX, for the booktabs package.</summary>
public static class TableLatex
{
    /// <summary>A table environment with caption; the preamble needs \usepackage{booktabs}.</summary>
    public static string ToLatex(this ResultTable table)
    {
        var latex = new StringBuilder("\\begin{table}[ht]\n\\centering\n");
        latex.Append($"\\caption{{{Escape(table.Title)}}}\n");
        latex.Append($"\\begin{{tabular}}{{{string.Concat(table.Columns.Select(c => c.IsNumeric ? 'r' : 'l'))}}}\n\\toprule\n");
        Row(table.Columns.Select(c => Escape(c.Header)));
        latex.Append("\\midrule\n");
        foreach (var row in table.Rows)
            Row(table.Columns.Zip(row, (column, cell) => cell is double ? Number(column.Show(cell)) : Escape(column.Show(cell))));
        latex.Append("\\bottomrule\n\\end{tabular}\n");
        if (table.Note is not null)
            latex.Append($"\\par\\smallskip\\footnotesize {Escape(table.Note)}\n");
        return latex.Append("\\end{table}\n").ToString();

        // \relax: a cell that starts with [ is not the optional argument of the \\ before it.
        void Row(IEnumerable<string> cells) => latex.Append($"\\relax {string.Join(" & ", cells)} \\\\\n");
    }

    /// <summary>Text from outside as LaTeX that prints exactly this text, on one line.</summary>
    public static string Escape(string text)
    {
        var latex = new StringBuilder(text.Length);
        foreach (var c in text)
        {
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
        }
        return latex.ToString();
    }

    // A hyphen is not a minus sign.
    private static string Number(string number) => Escape(number).Replace("-", "$-$");
}
