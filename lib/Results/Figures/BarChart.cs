namespace Fgsm.Results.Figures;

/// <summary>Groups of bars: one group for each category, one bar in it for each series.</summary>
public sealed class BarChart(string title, Axis x, Axis y, string[] categories) : Figure(title)
{
    /// <summary>The horizontal axis.</summary>
    public Axis X { get; } = x;

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; } = y;

    /// <summary>The names under the groups.</summary>
    public string[] Categories { get; } = categories;

    /// <summary>The bars.</summary>
    public List<BarSeries> Series { get; init; } = [];

    /// <summary>Adds one bar to each group.</summary>
    /// <exception cref="ArgumentException">There are not as many values as categories.</exception>
    public BarChart Add(string name, IEnumerable<double> values)
    {
        var series = new BarSeries(name, [.. values]);
        if (series.Values.Length != Categories.Length)
            throw Error($"'{name}' has {series.Values.Length} values for {Categories.Length} categories.");
        Series.Add(series);
        return this;
    }
}

/// <summary>The bars of one colour in a <see cref="BarChart"/>.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Values">A value for each category.</param>
public sealed record BarSeries(string Name, double[] Values);
