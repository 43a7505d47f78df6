namespace Fgsm.Results.Figures;

/// <summary>Rows of small pictures with a caption under each.</summary>
/// <example><code>
/// var samples = new ImageGrid("Samples", ["clean", "perturbation", "adversarial"]);
/// samples.AddRow("8/255", new(clean, "7 (100 %)"), new(perturbation, "x 10"), new(adversarial, "7 -> 3"));
/// </code></example>
/// <param name="ColumnLabels">A heading for each column, or null.</param>
public sealed record ImageGrid(string Title, string[]? ColumnLabels = null) : Figure(Title)
{
    /// <summary>The rows.</summary>
    public List<ImageRow> Rows { get; init; } = [];

    /// <summary>Adds a row.</summary>
    /// <param name="label">What stands before the row; null for nothing.</param>
    /// <param name="images">The pictures; rows may differ in length.</param>
    public ImageGrid AddRow(string? label, params GridImage[] images)
    {
        if (ColumnLabels is not null && images.Length > ColumnLabels.Length)
            throw Error(Title, $"a row of {images.Length} pictures under {ColumnLabels.Length} column headings.");
        Rows.Add(new ImageRow(label, images));
        return this;
    }
}

/// <summary>A row of an <see cref="ImageGrid"/>.</summary>
/// <param name="Label">What stands before the row, or null.</param>
/// <param name="Images">The pictures.</param>
public sealed record ImageRow(string? Label, GridImage[] Images);

/// <summary>A picture with its caption.</summary>
/// <param name="Picture">The pixels.</param>
/// <param name="Caption">What stands under it, in one or more lines; null for nothing.</param>
public sealed record GridImage(Picture Picture, string? Caption = null);
