using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;

namespace Fgsm.Report.Comparing;

/// <summary>
/// A line of claims.csv: where ours stands for the published numbers of one column, or of some of its rows. In braces stand names of
/// columns of the published file, for what the row says there.
/// </summary>
/// <param name="Published">The file in data/published, without its ending.</param>
/// <param name="Column">The column with the published numbers.</param>
/// <param name="Where">The rows that it is about, as "network=CNN; eps=0"; empty for all that no earlier line is about.</param>
/// <param name="What">What is compared, in words.</param>
/// <param name="Record">The recorded table that has ours; empty for none.</param>
/// <param name="Row">The row there: its text cells from the left, with " | " between.</param>
/// <param name="Ours">The column there, with its group.</param>
/// <param name="Less">The record of which the same cell is taken away; empty for none.</param>
/// <param name="Images">Of how many images ours is a share; a recorded share of them may follow. Empty where ours is no share.</param>
/// <param name="Headline">What stands in the rows that belong on the first page; * for all, empty for none.</param>
/// <param name="Remark">Why there is nothing to compare with; of a setting, what is done here where no record says it.</param>
internal sealed partial record Claim(
    string Published, string Column, string Where, string What, string Record, string Row, string Ours, string Less, string Images, string Headline, string Remark)
{
    /// <summary>The report's letter.</summary>
    public string Report => Published.Split('.')[0];

    /// <summary>Whether it is about what the report did and not about what it found.</summary>
    public bool IsSetting => Remark == "as published";

    /// <summary>The lines of the file beside the templates; none where it is not there.</summary>
    public static IReadOnlyList<Claim> ReadAll(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "claims.csv")))
            return [];
        var lines = Fgsm.Results.Published.Read("claims", folder).Frame;
        return [.. lines.Rows.Select(row => row.Select(cell => cell as string ?? "").ToArray())
            .Select(cells => new Claim(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8], cells[9], cells[10]))];
    }

    /// <summary>Whether the line is about a row of the published file.</summary>
    public bool IsAbout(DataFrame published, long row) => Where.Split("; ", StringSplitOptions.RemoveEmptyEntries)
        .Select(condition => condition.Split('=', 2))
        .All(condition => Cell(published, condition[0], row) == condition[1]);

    /// <summary>Whether a row of the published file belongs on the first page.</summary>
    public bool IsHeadline(DataFrame published, long row) =>
        Headline == "*" || Headline.Split(' ', StringSplitOptions.RemoveEmptyEntries).Intersect(published.Columns.Select(column => column[row] as string)).Any();

    /// <summary>The text with what the row says in the place of each name in braces.</summary>
    public static string Fill(string text, DataFrame published, long row) => Name().Replace(text, name => Cell(published, name.Groups[1].Value, row));

    /// <summary>The words for a row that only the record has; null where the claim is not about all rows.</summary>
    public string? WhatOf(string label) => Name().Replace(Row, "").Length == 0 && What.Contains(Row, StringComparison.Ordinal) ? What.Replace(Row, label, StringComparison.Ordinal) : null;

    private static string Cell(DataFrame published, string column, long row) => published.Columns[column][row] as string ?? "";

    [GeneratedRegex("{([a-z_]+)}")]
    private static partial Regex Name();
}
