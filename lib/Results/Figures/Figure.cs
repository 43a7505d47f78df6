using System.Text.Json.Serialization;

namespace Fgsm.Results.Figures;

/// <summary>
/// What to plot, not how: the data of a picture with its titles and units. Renderers draw it: <see cref="FigureSvg.ToSvg"/>,
/// <see cref="FigureJson.ToJson"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(LineChart), "lines")]
[JsonDerivedType(typeof(BarChart), "bars")]
[JsonDerivedType(typeof(Histogram), "histogram")]
[JsonDerivedType(typeof(HeatMap), "heatmap")]
[JsonDerivedType(typeof(ImageGrid), "images")]
public abstract class Figure
{
    private protected Figure(string title)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(title);
        Title = title;
    }

    /// <summary>What the figure shows, on what data.</summary>
    public string Title { get; }

    /// <summary>Reads a figure that <see cref="FigureJson.ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">This is not such a figure.</exception>
    public static Figure FromJson(string json) => FigureJson.Read(json);

    private protected ArgumentException Error(string what) => new($"Figure '{Title}': {what}");
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
