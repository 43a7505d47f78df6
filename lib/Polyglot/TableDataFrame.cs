using Fgsm.Reporting;
using Microsoft.Data.Analysis;

namespace Fgsm.Polyglot;

/// <summary>Tables as data frames.</summary>
public static class TableDataFrame
{
    /// <summary>A column of doubles or strings for each column of the table, under its full heading; an empty cell is null.</summary>
    public static DataFrame ToDataFrame(this ResultTable table) => new(table.Columns.Select((column, i) => Column(table, column, i)));

    private static DataFrameColumn Column(ResultTable table, Column column, int index)
    {
        var cells = table.Rows.Select(row => row[index]);
        return column.Kind == ColumnKind.Text
            ? new StringDataFrameColumn(column.Header, cells.Select(cell => (string?)cell))
            : new DoubleDataFrameColumn(column.Header, cells.Select(cell => (double?)cell));
    }
}
