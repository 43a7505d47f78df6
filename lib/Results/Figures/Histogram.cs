namespace Fgsm.Results.Figures;

/// <summary>How often values fall into each bin.</summary>
/// <param name="X">What was counted.</param>
/// <param name="Edges">The edges of the bins, ascending; one more than counts.</param>
/// <param name="Counts">How many values each bin holds.</param>
/// <exception cref="ArgumentException">The edges do not fit the counts.</exception>
public sealed record Histogram(string Title, Axis X, double[] Edges, long[] Counts) : Figure(Title)
{
    public double[] Edges { get; } = Counts.Length == 0 || Edges.Length != Counts.Length + 1
        ? throw Error(Title, $"{Counts.Length} bins need {Counts.Length + 1} edges, not {Edges.Length}.")
        : Edges.All(double.IsFinite) && Edges.Zip(Edges.Skip(1)).All(bin => bin.First < bin.Second) ? Edges
        : throw Error(Title, "the edges of the bins must be finite and ascend.");

    /// <summary>Counts values into bins of equal width between the smallest and the largest.</summary>
    /// <exception cref="ArgumentException">No values, one that is not finite, or no bins.</exception>
    public static Histogram Of(string title, Axis x, IEnumerable<double> values, int bins = 30)
    {
        double[] all = [.. values];
        if (all.Length == 0 || !all.All(double.IsFinite) || bins < 1)
            throw Error(title, "a histogram needs finite values and at least one bin.");

        var (min, max) = Ticks.Widened(Ticks.Drawable(all.Min()), Ticks.Drawable(all.Max()));
        double[] edges = [.. Enumerable.Range(0, bins + 1).Select(i => min + (max - min) * i / bins)];
        var counts = new long[bins];
        foreach (var value in all)
            counts[(int)Math.Clamp((value - min) / (max - min) * bins, 0, bins - 1)]++;
        return new Histogram(title, x, edges, counts);
    }
}
