using System.Globalization;
using Microsoft.Data.Analysis;

namespace Fgsm.Report.Comparing;

/// <summary>
/// Published against ours, number by number, with one verdict for each, always by the same rule (<see cref="Verdicts.Of"/>). Numbers
/// that only the notebooks have follow those of their column.
/// </summary>
internal sealed class Comparisons
{
    private readonly RecordSet records;
    private readonly List<Comparison> all = [];

    /// <param name="claims">Which of our numbers belongs to which published one.</param>
    /// <param name="records">Ours. Claims about notebooks that did not run are left out.</param>
    /// <exception cref="ReportException">A claim names a column that its record does not have.</exception>
    public Comparisons(IReadOnlyList<Claim> claims, RecordSet records)
    {
        this.records = records;
        foreach (var column in claims.GroupBy(claim => (claim.Published, claim.Column)).Where(column => column.All(HasRun)))
            Add([.. column], Published.Read(column.Key.Published).Frame);
    }

    /// <summary>Those of one published file, or of all whose names begin so: "b.robust", "b".</summary>
    public IEnumerable<Comparison> Of(string files) => all.Where(comparison => $"{comparison.File}.".StartsWith($"{files}.", StringComparison.Ordinal));

    /// <summary>The table of the first page: the main claims of all reports.</summary>
    public ResultTable Headline(string title) => Table(title, all.Where(comparison => comparison.IsHeadline), headline: true);

    /// <summary>A table of all numbers of some files, with those that were only measured here.</summary>
    public ResultTable Table(string title, string files) => Table(title, Of(files).Where(comparison => !comparison.IsSetting).DistinctBy(comparison => (comparison.File, comparison.What)), headline: false);

    /// <summary>What the reports say of how they did it, and what was done here.</summary>
    public ResultTable Settings(string title)
    {
        var table = new ResultTable(title).Text("Report").Text("Setting").Text("Published").Text("Here");
        foreach (var setting in all.Where(comparison => comparison.IsSetting).OrderBy(setting => setting.Report, StringComparer.Ordinal))
            table.Add(setting.Report, setting.What, setting.Published, setting.Ours.Length > 0 ? setting.Ours : setting.Remark);
        return table;
    }

    /// <summary>
    /// How many numbers have each verdict: "of 5 published numbers 3 are reproduced and 2 are close". A number that a report prints in
    /// two tables counts once; one without a verdict does not count.
    /// </summary>
    public string Tally(string files)
    {
        var numbers = (files.Length == 0 ? all : Of(files)).DistinctBy(number => (number.Report, number.What)).CountBy(number => number.Verdict).ToDictionary();
        (int Count, string Word)[] parts = [.. new[] { (Verdict.Reproduced, "reproduced"), (Verdict.Close, "close"), (Verdict.NotReproduced, "not reproduced") }
            .Select(part => (numbers.GetValueOrDefault(part.Item1), part.Item2)).Where(part => part.Item1 > 0)];
        var count = parts.Sum(part => part.Count);
        string[] words = [.. parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {(part.Count == 1 ? "is" : "are")} {part.Word}"))];
        return words.Length switch
        {
            0 => "no published number can be compared",
            1 => string.Create(CultureInfo.InvariantCulture, $"{(count == 1 ? "the one published number is" : $"all {count} published numbers are")} {parts[0].Word}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"of {count} published numbers {string.Join(", ", words[..^1])} and {words[^1]}"),
        };
    }

    /// <summary>Whether more of the main claims hold, at least nearly, than do not.</summary>
    public bool MostHold => all.Where(c => c.IsHeadline).Sum(c => c.Verdict switch { Verdict.Reproduced or Verdict.Close => 1, Verdict.NotReproduced => -1, _ => 0 }) > 0;

    private static ResultTable Table(string title, IEnumerable<Comparison> comparisons, bool headline)
    {
        Comparison[] rows = [.. comparisons];
        var remarks = string.Join("; ", rows.Select(row => row.Remark).Where(remark => remark.Length > 0).Distinct());
        var table = new ResultTable(title) { Note = remarks.Length > 0 ? $"Not comparable: {remarks}." : null };
        var seeds = rows.Any(row => row.Seeds.Length > 0);
        if (headline)
            table.Text("Report");
        table.Text("What").Text("Published").Text("Ours").Text("95 % interval");
        if (!headline)
            table.Text("Difference");
        if (seeds)
            table.Text("Over seeds");
        table.Verdict();
        foreach (var row in rows.OrderBy(row => row.Report, StringComparer.Ordinal))
        {
            string?[] cells = [headline ? row.Report : null, row.What, row.Published, row.Ours, row.Range, headline ? null : row.Difference, seeds ? row.Seeds : null, row.Verdict.ToText()];
            table.Add([.. cells.OfType<string>().Select(cell => cell.Length > 0 ? cell : Column.Nothing)]);
        }
        return table;
    }

    private bool HasRun(Claim claim) => claim.Record.Length > 0
        ? records.Has(claim.Record)
        : records.All.Any(record => record.Name.StartsWith($"{claim.Report}.", StringComparison.Ordinal));

    private void Add(Claim[] column, DataFrame published)
    {
        HashSet<(string Record, int Row)> used = [];
        for (var row = 0L; row < published.Rows.Count; row++)
        {
            if (published.Columns[column[0].Column][row] is not string { Length: > 0 } printed || Array.Find(column, claim => claim.IsAbout(published, row)) is not { } claim)
                continue;
            if (published.Columns.FirstOrDefault(c => c.Name == "claim")?[row] is string { Length: > 0 } words)
                printed = words;
            var place = Place(claim, Claim.Fill(claim.Row, published, row));
            if (place is { } found)
                used.Add((claim.Record, found.Row));
            all.Add(Compare(claim, Claim.Fill(claim.What, published, row), printed, place) with { IsHeadline = claim.IsHeadline(published, row) });
        }
        foreach (var claim in column.Where(claim => claim is { Record.Length: > 0, IsSetting: false }))
        {
            var table = records.Get<ResultTable>(claim.Record, "table");
            var ours = ResultCell.ColumnOf(table, claim.Record, claim.Ours);
            foreach (var row in Enumerable.Range(0, table.Rows.Count).Where(row => !used.Contains((claim.Record, row))))
            {
                // A row with a published value is another claim's.
                if (table.Rows[row][0] is string label && claim.WhatOf(label) is { } what && table.Rows[row][ours] is double && table.Rows[row][ours - 1] is not double)
                    all.Add(Compare(claim, what, "", new ResultCell(table, row, ours)));
            }
        }
    }

    private Comparison Compare(Claim claim, string what, string printed, ResultCell? place)
    {
        var comparison = new Comparison(claim.Published, what, printed, "", "", "", "", Verdict.NotMeasured, claim.Remark, false, claim.IsSetting);
        if (claim.Record.Length == 0)
            return comparison with { Verdict = Verdict.NotComparable };
        if (place?.Value is string text)
            return comparison with { Ours = text, Verdict = Verdict.NotComparable };
        if (place is not { Value: double ours } cell)
            return comparison;

        // What is taken away: the same cell of another record, of as many images.
        var less = claim.Less.Length > 0 ? Place(claim with { Record = claim.Less }, Label(claim, cell))?.Value as double? : null;
        var range = Shares(claim, ours, less);
        var difference = ours - (less ?? 0);
        var seeds = OverSeeds(claim, cell);
        if (seeds is var (mean, deviation, count))
            range = Interval.Prediction(mean, deviation, count) is var next && range is { } one ? one.Including(next) : next;

        var unit = claim.Less.Length > 0 || cell.Table.Columns[cell.Column].Unit == "points" ? " points" : claim.Images.Length > 0 ? " %" : "";
        var isPercent = unit.Length > 0;
        var published = PublishedValue.Parse(printed);
        string Show(double value) => isPercent ? value.ToString("0.00", CultureInfo.InvariantCulture) : Digits(value, printed);
        return comparison with
        {
            Published = published is not null && !printed.EndsWith('%') ? printed + unit : printed,
            Ours = Show(difference) + unit,
            Range = range is var (low, high) ? $"{Show(low)} to {Show(high)}" : "",
            Difference = published is null || printed.Length == 0 ? ""
                : isPercent ? (difference - published.Value).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)
                : published.Value == 0 ? ""
                : $"× {Digits(difference / published.Value, "0.00")}",
            Seeds = seeds is var (average, spread, number) ? $"{Show(average)} ± {Show(spread)} ({number})" : "",
            Verdict = printed.Length == 0 ? Verdict.NoPublishedValue
                : published is null ? Verdict.NotComparable
                : Verdicts.Of(published, range ?? new Interval(difference, difference), isPercent),
        };
    }

    private Interval? Shares(Claim claim, double ours, double? less)
    {
        if (claim.Images.Length == 0)
            return null;
        var words = claim.Images.Split(' ');
        var images = double.Parse(words[0], CultureInfo.InvariantCulture) * (words.Length > 1 ? records.Get<double>(words[1], "number") / 100 : 1);
        var one = Interval.Wilson(ours, images);
        return less is { } other ? Interval.Difference(ours, one, other, Interval.Wilson(other, images)) : one;
    }

    /// <summary>Mean, standard deviation and number over the seeds that were run; null where it was one. Two networks vary each by itself.</summary>
    private (double Mean, double Deviation, int Count)? OverSeeds(Claim claim, ResultCell cell)
    {
        var (mean, variance, count) = (0.0, 0.0, 0);
        foreach (var (record, sign) in new[] { (claim.Record, 1), (claim.Less, -1) }.Where(part => part.Item1.Length > 0))
        {
            var seeds = record + SeedStatistics.Ending;
            if (!records.Has(seeds) || Place(claim with { Record = seeds }, Label(claim, cell)) is not { Value: double average } place)
                return null;
            // The deviation stands behind the difference, the number of seeds at the end.
            var row = place.Table.Rows[place.Row];
            if (row[place.Column + 2] is not double spread || row[^1] is not double number)
                return null;
            (mean, variance, count) = (mean + sign * average, variance + spread * spread, (int)number);
        }
        return (mean, Math.Sqrt(variance), count);
    }

    private ResultCell? Place(Claim claim, string row) => claim.Record.Length > 0 ? ResultCell.Find(records, claim.Record, row, claim.Ours) : null;

    private static string Label(Claim claim, ResultCell cell) => string.Join(" | ", cell.Table.Rows[cell.Row].OfType<string>().Take(claim.Row.Split(" | ").Length));

    /// <summary>With as many decimals as the report prints, and at least two digits that are not leading zeros.</summary>
    private static string Digits(double value, string printed)
    {
        var decimals = printed.Contains('.') ? printed.Length - printed.IndexOf('.') - 1 : 0;
        var needed = value == 0 || !double.IsFinite(value) || value == Math.Round(value) ? 0 : 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return value.ToString($"F{Math.Clamp(Math.Max(decimals, needed), 0, 15)}", CultureInfo.InvariantCulture);
    }
}
