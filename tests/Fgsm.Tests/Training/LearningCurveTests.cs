using Fgsm.Training;

namespace Fgsm.Tests;

public class LearningCurveTests
{
    private static readonly DateTimeOffset Kept = new(2026, 3, 4, 7, 8, 9, TimeSpan.FromHours(2));

    private static EpochResult Epoch(int epoch, DateTimeOffset? kept = null) => new(epoch, 1.0 / epoch, 90 + epoch, TimeSpan.FromSeconds(1)) { Kept = kept };

    [Fact]
    public void ToCurve_HasLossAndAccuracyOfEachEpoch()
    {
        var curve = new[] { Epoch(1), Epoch(2) }.ToCurve("Training (MNIST)");

        Assert.Equal("Training (MNIST)", curve.Title);
        Assert.All(curve.Series, series => Assert.Equal([1.0, 2], series.Xs));
        Assert.Equal([1, 0.5], curve.Series[0].Ys);
        Assert.Equal([0.91, 0.92], curve.Series[1].Ys);
    }

    /// <summary>What an earlier run measured must not pass for this run's.</summary>
    [Fact]
    public void When_OfKeptEpochs_NamesTheDateAndTimeOfTheirRun()
    {
        Assert.Equal("in this run", new[] { Epoch(1), Epoch(2) }.When());
        Assert.Equal("in an earlier run, 2026-03-04 05:08 UTC", new[] { Epoch(1, Kept), Epoch(2, Kept) }.When());
        Assert.Equal("to epoch 1 in an earlier run, 2026-03-04 05:08 UTC", new[] { Epoch(1, Kept), Epoch(2) }.When());
    }
}
