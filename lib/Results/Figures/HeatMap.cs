namespace Fgsm.Results.Figures;

/// <summary>A grid of coloured values: a confusion matrix, a gradient.</summary>
public sealed class HeatMap : Figure
{
    /// <summary>A heat map.</summary>
    /// <param name="title">What the figure shows.</param>
    /// <param name="x">What the columns are.</param>
    /// <param name="y">What the rows are.</param>
    /// <param name="values">The values, [rows][columns]; NaN is drawn as a gap.</param>
    /// <param name="rowLabels">A name for each row, or null.</param>
    /// <param name="columnLabels">A name for each column, or null.</param>
    /// <param name="diverging">True for signed values: two colours that meet in white at zero.</param>
    /// <param name="format">A .NET number format to print each value in its cell, or null to print none.</param>
    /// <exception cref="ArgumentException">The rows differ in length, the labels do not fit, or the format is none.</exception>
    public HeatMap(string title, Axis x, Axis y, double[][] values, string[]? rowLabels = null, string[]? columnLabels = null, bool diverging = false, string? format = null)
        : base(title)
    {
        if (values.Length == 0 || values[0].Length == 0 || values.Any(row => row.Length != values[0].Length))
            throw Error("the rows of a heat map must have the same length, and not be empty.");
        if (rowLabels is not null && rowLabels.Length != values.Length)
            throw Error($"{rowLabels.Length} row labels for {values.Length} rows.");
        if (columnLabels is not null && columnLabels.Length != values[0].Length)
            throw Error($"{columnLabels.Length} column labels for {values[0].Length} columns.");
        if (format is not null && !Column.IsFormat(format))
            throw Error($"'{format}' is not a .NET number format; \"0.00\" is one.");
        (X, Y, Values, RowLabels, ColumnLabels, Diverging, Format) = (x, y, values, rowLabels, columnLabels, diverging, format);
    }

    /// <summary>What the columns are.</summary>
    public Axis X { get; }

    /// <summary>What the rows are.</summary>
    public Axis Y { get; }

    /// <summary>The values, [rows][columns].</summary>
    public double[][] Values { get; }

    /// <summary>A name for each row, or null.</summary>
    public string[]? RowLabels { get; }

    /// <summary>A name for each column, or null.</summary>
    public string[]? ColumnLabels { get; }

    /// <summary>True for signed values.</summary>
    public bool Diverging { get; }

    /// <summary>How each value is printed in its cell, or null.</summary>
    public string? Format { get; }

    /// <summary>A confusion matrix: rows are the true classes, columns the predicted ones.</summary>
    /// <param name="title">What the figure shows.</param>
    /// <param name="counts">How many images of each true class [rows] were given each class [columns].</param>
    /// <param name="classNames">A name for each class.</param>
    public static HeatMap Confusion(string title, long[][] counts, string[] classNames) =>
        new(title, "Predicted class", "True class", [.. counts.Select(row => row.Select(n => (double)n).ToArray())], classNames, classNames, format: "0");
}
