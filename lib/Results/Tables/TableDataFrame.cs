using Microsoft.Data.Analysis;

namespace Fgsm.Results.Tables;

/// <summary>Tables as data frames, to be filtered, grouped and sorted, and back.</summary>
public static class TableDataFrame
{
    /// <summary>A column of doubles or strings for each column of the table, under its <see cref="Column.Header"/>; an empty cell is null.</summary>
    public static DataFrame ToDataFrame(this ResultTable table) => new(table.Columns.Select((column, i) => Frame(column, table.Rows.Select(row => row[i]))));

    /// <summary>
    /// The frame as a table. A data frame knows names and types of its columns only; the rest (units, formats, groups) comes from
    /// <paramref name="like"/>, for each column that it has under the same heading.
    /// </summary>
    /// <param name="frame">Columns of numbers, truth values or texts; null is an empty cell.</param>
    /// <param name="title">What the table shows; null for the title of <paramref name="like"/>.</param>
    /// <param name="like">The table that the frame was made of; null if there is none.</param>
    /// <example><c>frame.Filter(frame["eps"].ElementwiseEquals(0.1)).ToResultTable("At eps 0.1", table)</c></example>
    /// <exception cref="ArgumentException">There is no title, or the frame has a column of another type.</exception>
    public static ResultTable ToResultTable(this DataFrame frame, string? title = null, ResultTable? like = null)
    {
        var table = new ResultTable(title ?? like?.Title ?? "") { Note = title is null ? like?.Note : null };
        foreach (var column in frame.Columns)
            table.With(like?.Columns.FirstOrDefault(known => known.Header == column.Name) ?? Described(column));
        foreach (var row in frame.Rows)
            table.Add([.. row.Select(Cell)]);
        return table;
    }

    private static DataFrameColumn Frame(Column column, IEnumerable<object?> cells) => column.IsNumeric
        ? new DoubleDataFrameColumn(column.Header, cells.Select(cell => (double?)cell))
        : new StringDataFrameColumn(column.Header, cells.Select(cell => (string?)cell));

    private static Column Described(DataFrameColumn column) => column.IsNumericColumn()
        ? new Column(column.Name, ColumnKind.Number, Format: "0.####")
        : new Column(column.Name, ColumnKind.Text);

    private static object? Cell(object? value) => value switch
    {
        bool yes => yes ? "yes" : "no",
        sbyte or byte or short or ushort or uint or ulong => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        DateTime or char => FormattableString.Invariant($"{value}"),
        _ => value,
    };
}
