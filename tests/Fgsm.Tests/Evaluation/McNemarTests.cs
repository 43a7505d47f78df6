using Fgsm.Evaluation;

namespace Fgsm.Tests;

public class McNemarTests
{
    /// <summary>The binomial table: 9 and 1 have 2 (1 + 10) / 1024.</summary>
    [Theory]
    [InlineData(9, 1, 4.9, 22.0 / 1024)]
    [InlineData(5, 5, 0, 1)]
    [InlineData(0, 6, 25 / 6.0, 2.0 / 64)]
    [InlineData(0, 0, 0, 1)]
    public void PValue_IsTheBinomials(int first, int second, double statistic, double p)
    {
        var test = new McNemar(first, second);

        Assert.Equal(p, test.PValue, 1e-12);
        Assert.Equal(statistic, test.ChiSquared, 1e-12);
    }

    /// <summary>
    /// (|121 - 59| - 1)^2 / 180, the drug of the textbooks' first example; Agresti's approval of a prime minister, "Categorical Data
    /// Analysis", 86 and 150, by hand.
    /// </summary>
    [Theory]
    [InlineData(121, 59, 20.67)]
    [InlineData(86, 150, 16.82)]
    public void ChiSquared_HasTheContinuityCorrection(int first, int second, double statistic) =>
        Assert.Equal(statistic, new McNemar(first, second).ChiSquared, 5e-3);

    /// <summary>Where both count enough images, chi-squared's tail is near the exact value.</summary>
    [Fact]
    public void PValue_IsNearChiSquareds()
    {
        var test = new McNemar(86, 150);

        Assert.Equal(1 - MathNet.Numerics.Distributions.ChiSquared.CDF(1, test.ChiSquared), test.PValue, 1e-5);
    }

    [Fact]
    public void Of_CountsWhereOneAloneIsRight()
    {
        float[] sure = [1, 1, 1, 1];
        var (first, second) = (new Predictions([0, 1, 2, 3], [0, 1, 0, 0], sure), new Predictions([0, 1, 2, 3], [0, 0, 2, 3], sure));

        Assert.Equal(new McNemar(1, 2), McNemar.Of(first, second));
        Assert.Contains("of the same images", Assert.Throws<ArgumentException>(() => McNemar.Of(first, first.Take(3))).Message);
    }
}
