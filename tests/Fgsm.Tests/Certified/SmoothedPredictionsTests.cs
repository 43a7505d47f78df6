using Fgsm.Certified;
using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class SmoothedPredictionsTests
{
    private const double Sigma = 0.25;

    /// <summary>The bound is the p for which so many successes or more have probability alpha, summed here from the binomial's terms.</summary>
    [Theory]
    [InlineData(1, 10, 0.05)]
    [InlineData(7, 10, 0.001)]
    [InlineData(60, 100, 0.05)]
    [InlineData(99, 100, 0.001)]
    public void LowerBound_IsClopperAndPearsons(int successes, int trials, double alpha)
    {
        var p = SmoothedPredictions.LowerBound(successes, trials, alpha);

        var (term, tail) = (Math.Pow(1 - p, trials), 0.0);
        for (var k = 0; k <= trials; k++)
        {
            tail += k >= successes ? term : 0;
            term *= p / (1 - p) * (trials - k) / (k + 1);
        }
        Assert.Equal(alpha, tail, 1e-9);
    }

    [Fact]
    public void LowerBound_OfAllOrNone_IsKnown()
    {
        Assert.Equal(Math.Pow(0.001, 1 / 10_000.0), SmoothedPredictions.LowerBound(10_000, 10_000, 0.001), 1e-12);
        Assert.Equal(0, SmoothedPredictions.LowerBound(0, 100, 0.001));
    }

    /// <summary>Of two classes with a plane between them, the smoothed classifier is the model, and the radius the distance to the plane.</summary>
    [Fact]
    public void OfALinearModel_TheRadiusIsTheDistance_OrLess()
    {
        manual_seed(1);
        var (w0, w1, x) = (randn(16).Floats(), randn(16).Floats(), rand(6, 1, 4, 4));
        var model = TinyModels.Linear(w0, w1);
        var y = model.call(x).argmax(1);
        var difference = w0.Zip(w1, (a, b) => (double)a - b).ToArray();
        var distances = x.Floats().Chunk(16).Select(pixels =>
            Math.Abs(difference.Zip(pixels, (d, p) => d * p).Sum()) / Math.Sqrt(difference.Sum(d => d * d))).ToArray();

        var smoothed = SmoothedPredictions.Of(model, new TensorSet(x, y), Sigma, samples: 20_000);

        Assert.Contains(distances, d => d > 0.1);
        Assert.All(distances.Index(), d =>
        {
            Assert.InRange(smoothed.Radius[d.Index], 0, d.Item);
            // Beyond 3.4 sigma not one of the samples is on the other side, and the radius ends at what so many can show.
            if (d.Item is > 0.05 and < 3 * Sigma)
                Assert.InRange(smoothed.Radius[d.Index], d.Item * 0.8 - 0.03, d.Item);
        });
        Assert.Equal(100, smoothed.AccuracyAt(0) + 100.0 * smoothed.Predicted.Count(p => p < 0) / 6, 1e-9);
        Assert.True(smoothed.AccuracyAt(0.1) <= smoothed.AccuracyAt(0));
    }

    /// <summary>Where both classes are equally likely there is nothing to be sure of.</summary>
    [Fact]
    public void AtTheBoundary_ItAbstains()
    {
        var model = TinyModels.Linear([1, 0], [0, 1]);

        var smoothed = SmoothedPredictions.Of(model, new TensorSet(full([1, 1, 1, 2], 0.5), Labels(0)), Sigma, samples: 1000);

        Assert.Equal((-1, 0, 0), (smoothed.Predicted[0], smoothed.Radius[0], smoothed.AccuracyAt(0)));
        Assert.Equal(-1L, smoothed.ToDataFrame()["predicted"][0]);
    }

    [Fact]
    public void AnImagesNoise_IsItsOwn_AndTheModelsModeStays()
    {
        var (model, x) = (TinyModels.WithDropout(), rand(4, 1, 4, 4));
        var data = new TensorSet(x, Labels(0, 1, 0, 1));

        var all = SmoothedPredictions.Of(model, data, Sigma, samples: 600);

        Assert.Equal(all.Radius[2], SmoothedPredictions.Of(model, data[2], Sigma, samples: 600).Radius[0]);
        Assert.DoesNotContain(false, model.Modes());
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        var (model, data) = (TinyModels.WithDropout(), new TensorSet(rand(1, 1, 4, 4), Labels(0)));

        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => SmoothedPredictions.Of(model, data, 0)), "sigma", "above 0");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => SmoothedPredictions.Of(model, data, 1, samples: 0)), "samples");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => SmoothedPredictions.Of(model, data, 1, alpha: 1)), "alpha");
    }
}
