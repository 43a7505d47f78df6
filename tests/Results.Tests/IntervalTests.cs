namespace Fgsm.Results.Tests;

public class IntervalTests
{
    /// <summary>The examples of Newcombe, "Two-Sided Confidence Intervals for the Single Proportion", 1998, table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_IsThePublishedOne(int right, int count, double low, double high)
    {
        var interval = Interval.Wilson(100.0 * right / count, count);

        Assert.Equal((low, high), (Math.Round(interval.Low / 100, 4), Math.Round(interval.High / 100, 4)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37.5)]
    [InlineData(100)]
    public void Wilson_OfAShareAndOfItsRest_AreMirrored_AndHoldTheShare(double percent)
    {
        var (one, rest) = (Interval.Wilson(percent, 40), Interval.Wilson(100 - percent, 40));

        Assert.Equal(one.Low, 100 - rest.High, 10);
        Assert.InRange(percent, one.Low, one.High);
        Assert.InRange(one.Low, 0, 100);
        Assert.InRange(one.High, 0, 100);
    }

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(100.1, 10)]
    [InlineData(double.NaN, 10)]
    [InlineData(50, 0)]
    public void Wilson_OfNoShare_IsRefused(double percent, double count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Wilson(percent, count));

    /// <summary>The examples of Newcombe, "Interval Estimation for the Difference Between Independent Proportions", 1998, table II, method 10.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    public void Difference_IsThePublishedOne(int first, int ofFirst, int second, int ofSecond, double low, double high)
    {
        var (one, other) = (100.0 * first / ofFirst, 100.0 * second / ofSecond);
        var interval = Interval.Difference(one, Interval.Wilson(one, ofFirst), other, Interval.Wilson(other, ofSecond));

        Assert.Equal((low, high), (Math.Round(interval.Low / 100, 4), Math.Round(interval.High / 100, 4)));
    }

    /// <summary>mean ± t(0.975, n - 1) s sqrt(1 + 1/n), with t from a table.</summary>
    [Theory]
    [InlineData(2, 12.706)]
    [InlineData(5, 2.776)]
    [InlineData(10, 2.262)]
    public void Prediction_IsStudents(int count, double t)
    {
        var interval = Interval.Prediction(97, 0.5, count);

        Assert.Equal(97 - t * 0.5 * Math.Sqrt(1 + 1.0 / count), interval.Low, 10);
        Assert.Equal(97 + t * 0.5 * Math.Sqrt(1 + 1.0 / count), interval.High, 10);
    }

    [Fact]
    public void DistanceTo_IsTheGap_AndZeroWhereTheyMeet()
    {
        Assert.Equal(2, new Interval(1, 2).DistanceTo(new Interval(4, 5)));
        Assert.Equal(2, new Interval(4, 5).DistanceTo(new Interval(1, 2)));
        Assert.Equal(0, new Interval(1, 2).DistanceTo(new Interval(2, 3)));
        Assert.Equal(0, new Interval(1, 9).DistanceTo(new Interval(4, 5)));
    }

    [Fact]
    public void Including_HoldsBoth() => Assert.Equal(new Interval(1, 5), new Interval(4, 5).Including(new Interval(1, 2)));
}
