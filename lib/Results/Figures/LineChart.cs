namespace Fgsm.Results.Figures;

/// <summary>Lines through measured points, with published points and error bands where there are any.</summary>
/// <example><code>
/// var curve = new LineChart("Accuracy under FGSM", new Axis("eps", "1/255"), new Axis("Accuracy", "%"));
/// curve.Add("baseline", eps, ours, published: [98.68, 98.35, 96.95, double.NaN, double.NaN]);
/// </code></example>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
public sealed record LineChart(string Title, Axis X, Axis Y) : Figure(Title)
{
    /// <summary>The lines.</summary>
    public List<Series> Series { get; init; } = [];

    /// <summary>Adds a line.</summary>
    /// <param name="name">What the legend says.</param>
    /// <param name="xs">Where the points are, in ascending order.</param>
    /// <param name="ys">The measured values; NaN leaves a gap.</param>
    /// <param name="low">Lower edge of the error band, or null for no band.</param>
    /// <param name="high">Upper edge of the error band, or null for no band.</param>
    /// <param name="published">Published values at the same places, drawn as hollow markers; NaN where nothing was published.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or only one edge of the band is given.</exception>
    public LineChart Add(string name, IEnumerable<double> xs, IEnumerable<double> ys, IEnumerable<double>? low = null,
        IEnumerable<double>? high = null, IEnumerable<double>? published = null)
    {
        var series = new Series(name, [.. xs], [.. ys], low?.ToArray(), high?.ToArray(), published?.ToArray());
        if (new[] { series.Ys, series.Low, series.High, series.Published }.Any(values => values is not null && values.Length != series.Xs.Length))
            throw Error(Title, $"the values of '{name}' differ in number from its {series.Xs.Length} places.");
        if (series.Low is null != series.High is null)
            throw Error(Title, $"the error band of '{name}' needs both low and high.");
        Series.Add(series);
        return this;
    }
}

/// <summary>One line of a <see cref="LineChart"/>; all lists have the length of <paramref name="Xs"/>.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Xs">Where the points are.</param>
/// <param name="Ys">The measured values.</param>
/// <param name="Low">Lower edge of the error band, or null.</param>
/// <param name="High">Upper edge of the error band, or null.</param>
/// <param name="Published">Published values, or null.</param>
public sealed record Series(string Name, double[] Xs, double[] Ys, double[]? Low = null, double[]? High = null, double[]? Published = null);
