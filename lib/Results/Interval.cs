namespace Fgsm.Results;

/// <summary>
/// A range of numbers, both ends included: what a measurement leaves open at 95 % confidence, or the numbers for which a printed one
/// may stand.
/// </summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    // The 0.975 quantile of the normal distribution.
    private const double Z = 1.959963984540054;

    // The 0.975 quantiles of Student's t with 1 to 9 degrees of freedom.
    private static readonly double[] T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    /// <summary>
    /// Wilson's score interval of a share: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927; the
    /// one that Brown, Cai and DasGupta recommend, "Interval Estimation for a Binomial Proportion", 2001.
    /// </summary>
    /// <param name="percent">The share that was counted, from 0 to 100.</param>
    /// <param name="count">Of how many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 100, or the count not above 0.</exception>
    public static Interval Wilson(double percent, double count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(percent is >= 0 and <= 100, true);
        ArgumentOutOfRangeException.ThrowIfNotEqual(count > 0, true);
        var share = percent / 100;
        var middle = share + Z * Z / (2 * count);
        var half = Z * Math.Sqrt(share * (1 - share) / count + Z * Z / (4 * count * count));
        var scale = 100 / (1 + Z * Z / count);
        return new Interval(Math.Max(0, scale * (middle - half)), Math.Min(100, scale * (middle + half)));
    }

    /// <summary>
    /// The interval of a difference of two values that have intervals: Newcombe, "Interval Estimation for the Difference Between
    /// Independent Proportions", 1998, his method 10 with Wilson's intervals. Of two shares of the same images it is a little too wide.
    /// </summary>
    /// <param name="first">The value from which the other is taken.</param>
    /// <param name="ofFirst">Its interval.</param>
    /// <param name="second">The value that is taken.</param>
    /// <param name="ofSecond">Its interval.</param>
    public static Interval Difference(double first, Interval ofFirst, double second, Interval ofSecond) => new(
        first - second - Hypotenuse(first - ofFirst.Low, ofSecond.High - second),
        first - second + Hypotenuse(ofFirst.High - first, second - ofSecond.Low));

    /// <summary>Where one more training falls, when others, which differ in nothing but the seed, have this mean and deviation.</summary>
    /// <param name="mean">The mean of those trainings.</param>
    /// <param name="deviation">Their standard deviation (n - 1).</param>
    /// <param name="count">Their number, 2 or more; above 10 the interval is that of 10, a little too wide.</param>
    public static Interval Prediction(double mean, double deviation, int count)
    {
        var half = T[Math.Min(count - 2, T.Length - 1)] * deviation * Math.Sqrt(1 + 1.0 / count);
        return new Interval(mean - half, mean + half);
    }

    /// <summary>The smallest interval that holds this one and another.</summary>
    public Interval Including(Interval other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>How far apart the two are; 0 where they overlap.</summary>
    public double DistanceTo(Interval other) => Math.Max(0, Math.Max(other.Low - High, Low - other.High));

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);
}
