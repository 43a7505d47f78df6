namespace Fgsm.Evaluation;

/// <summary>
/// Two networks, or one under two attacks, on the same images: do they differ by more than chance? Only images count that one gets right
/// and the other wrong. McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages", 1947.
/// </summary>
/// <param name="OnlyFirst">The number of images that the first alone gets right.</param>
/// <param name="OnlySecond">The number of images that the second alone gets right.</param>
public readonly record struct McNemar(int OnlyFirst, int OnlySecond)
{
    /// <summary>Counts the images on which two sets of predictions differ.</summary>
    /// <exception cref="ArgumentException">They are not of the same images: the labels differ.</exception>
    public static McNemar Of(Predictions first, Predictions second)
    {
        if (!first.Labels.SequenceEqual(second.Labels))
            throw new ArgumentException("McNemar: expected predictions of the same images, got other labels");
        var images = Enumerable.Range(0, first.Count);
        return new(images.Count(i => first.IsCorrect(i) && !second.IsCorrect(i)), images.Count(i => second.IsCorrect(i) && !first.IsCorrect(i)));
    }

    /// <summary>
    /// The exact two-sided p-value: how likely so uneven a split, or a more uneven one, is by chance, if neither is better. 1 where they
    /// differ on no image.
    /// </summary>
    public double PValue => OnlyFirst + OnlySecond == 0 ? 1
        : Math.Min(1, 2 * MathNet.Numerics.Distributions.Binomial.CDF(0.5, OnlyFirst + OnlySecond, Math.Min(OnlyFirst, OnlySecond)));

    /// <summary>
    /// The statistic with Edwards's continuity correction, 1948, which chi-squared with one degree of freedom approximates for 25 or more
    /// such images: (|b - c| - 1)^2 / (b + c). 0 where they differ on no image.
    /// </summary>
    public double ChiSquared => OnlyFirst + OnlySecond == 0 ? 0
        : Math.Pow(Math.Max(0, Math.Abs(OnlyFirst - OnlySecond) - 1), 2) / (OnlyFirst + OnlySecond);
}
