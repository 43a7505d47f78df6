namespace Fgsm.Results.Figures;

/// <summary>How often values fall into each bin.</summary>
public sealed class Histogram : Figure
{
    /// <summary>A histogram of counts that were taken already.</summary>
    /// <param name="title">What the figure shows.</param>
    /// <param name="x">What was counted.</param>
    /// <param name="edges">The edges of the bins, ascending; one more than counts.</param>
    /// <param name="counts">How many values each bin holds.</param>
    /// <exception cref="ArgumentException">The edges do not fit the counts.</exception>
    public Histogram(string title, Axis x, double[] edges, long[] counts) : base(title)
    {
        if (counts.Length == 0 || edges.Length != counts.Length + 1)
            throw Error($"{counts.Length} bins need {counts.Length + 1} edges, not {edges.Length}.");
        if (!edges.All(double.IsFinite) || !edges.Zip(edges.Skip(1)).All(bin => bin.First < bin.Second))
            throw Error("the edges of the bins must be finite and ascend.");
        (X, Edges, Counts) = (x, edges, counts);
    }

    /// <summary>What was counted.</summary>
    public Axis X { get; }

    /// <summary>The edges of the bins, ascending; one more than <see cref="Counts"/>.</summary>
    public double[] Edges { get; }

    /// <summary>How many values each bin holds.</summary>
    public long[] Counts { get; }

    /// <summary>Counts values into bins of equal width between the smallest and the largest.</summary>
    /// <exception cref="ArgumentException">No values, one that is not finite, or no bins.</exception>
    public static Histogram Of(string title, Axis x, IEnumerable<double> values, int bins = 30)
    {
        double[] all = [.. values];
        if (all.Length == 0 || !all.All(double.IsFinite) || bins < 1)
            throw new ArgumentException($"Figure '{title}': a histogram needs finite values and at least one bin.");

        var (min, max) = Ticks.Widened(Ticks.Drawable(all.Min()), Ticks.Drawable(all.Max()));
        double[] edges = [.. Enumerable.Range(0, bins + 1).Select(i => min + (max - min) * i / bins)];
        var counts = new long[bins];
        foreach (var value in all)
            counts[(int)Math.Clamp((value - min) / (max - min) * bins, 0, bins - 1)]++;
        return new Histogram(title, x, edges, counts);
    }
}
