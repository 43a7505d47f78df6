namespace Fgsm.Results.Figures;

/// <summary>A grid of coloured values: a confusion matrix, a gradient.</summary>
/// <param name="X">What the columns are.</param>
/// <param name="Y">What the rows are.</param>
/// <param name="Values">The values, [rows][columns]; NaN is drawn as a gap.</param>
/// <param name="RowLabels">A name for each row, or null.</param>
/// <param name="ColumnLabels">A name for each column, or null.</param>
/// <param name="Diverging">True for signed values: two colours that meet in white at zero.</param>
/// <param name="Format">A .NET number format to print each value in its cell, or null to print none.</param>
/// <exception cref="ArgumentException">The rows differ in length, the labels do not fit, or the format is none.</exception>
public sealed record HeatMap(string Title, Axis X, Axis Y, double[][] Values, string[]? RowLabels = null, string[]? ColumnLabels = null,
    bool Diverging = false, string? Format = null) : Figure(Title)
{
    public double[][] Values { get; } = Values is [{ Length: > 0 }, ..] && Values.All(row => row.Length == Values[0].Length) ? Values
        : throw Error(Title, "the rows of a heat map must have the same length, and not be empty.");

    public string[]? RowLabels { get; } = RowLabels is null || RowLabels.Length == Values.Length ? RowLabels
        : throw Error(Title, $"{RowLabels.Length} row labels for {Values.Length} rows.");

    public string[]? ColumnLabels { get; } = ColumnLabels is null || ColumnLabels.Length == Values[0].Length ? ColumnLabels
        : throw Error(Title, $"{ColumnLabels.Length} column labels for {Values[0].Length} columns.");

    public string? Format { get; } = Format is null || Column.IsFormat(Format) ? Format
        : throw Error(Title, $"'{Format}' is not a .NET number format; \"0.00\" is one.");

    /// <summary>A confusion matrix: rows are the true classes, columns the predicted ones.</summary>
    /// <param name="title">What the figure shows.</param>
    /// <param name="counts">How many images of each true class [rows] were given each class [columns].</param>
    /// <param name="classNames">A name for each class.</param>
    public static HeatMap Confusion(string title, long[][] counts, string[] classNames) =>
        new(title, "Predicted class", "True class", [.. counts.Select(row => row.Select(n => (double)n).ToArray())], classNames, classNames, Format: "0");
}
