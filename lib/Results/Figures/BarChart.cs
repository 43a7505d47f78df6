namespace Fgsm.Results.Figures;

/// <summary>Groups of bars: one group for each category, one bar in it for each series.</summary>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Categories">The names under the groups.</param>
public sealed record BarChart(string Title, Axis X, Axis Y, string[] Categories) : Figure(Title)
{
    /// <summary>The bars.</summary>
    public List<BarSeries> Series { get; init; } = [];

    /// <summary>Adds one bar to each group.</summary>
    /// <exception cref="ArgumentException">There are not as many values as categories.</exception>
    public BarChart Add(string name, IEnumerable<double> values)
    {
        var series = new BarSeries(name, [.. values]);
        if (series.Values.Length != Categories.Length)
            throw Error(Title, $"'{name}' has {series.Values.Length} values for {Categories.Length} categories.");
        Series.Add(series);
        return this;
    }
}

/// <summary>The bars of one colour in a <see cref="BarChart"/>.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Values">A value for each category.</param>
public sealed record BarSeries(string Name, double[] Values);
