using System.Text.Json.Serialization;

namespace Fgsm.Results.Figures;

/// <summary>
/// What to plot, not how: the data of a picture with its titles and units. Renderers draw it: <see cref="FigureSvg.ToSvg"/>,
/// <see cref="FigureJson.ToJson"/>.
/// </summary>
/// <param name="Title">What the figure shows, on what data.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LineChart), "lines")]
[JsonDerivedType(typeof(BarChart), "bars")]
[JsonDerivedType(typeof(Histogram), "histogram")]
[JsonDerivedType(typeof(HeatMap), "heatmap")]
[JsonDerivedType(typeof(ImageGrid), "images")]
public abstract record Figure(string Title)
{
    public string Title { get; } = !string.IsNullOrWhiteSpace(Title) ? Title
        : throw new ArgumentException("A figure's title says what it shows; it cannot be empty.", nameof(Title));

    /// <summary>Reads a figure that <see cref="FigureJson.ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">This is not such a figure.</exception>
    public static Figure FromJson(string json) => FigureJson.Read<Figure>(json, "figure");

    private protected static ArgumentException Error(string title, string what) => new($"Figure '{title}': {what}");
}

/// <summary>An axis.</summary>
/// <param name="Title">What it measures.</param>
/// <param name="Unit">In what unit, shown in brackets; null for none.</param>
/// <param name="Min">Where it starts; null to let the data decide.</param>
/// <param name="Max">Where it ends; null to let the data decide.</param>
public sealed record Axis(string Title, string? Unit = null, double? Min = null, double? Max = null)
{
    /// <summary>A title alone is an axis.</summary>
    public static implicit operator Axis(string title) => new(title);

    internal string Label => Unit is null ? Title : $"{Title} ({Unit})";
}
