using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class TotalVariationTests
{
    private const double Weight = 0.1;

    /// <summary>What the layer minimises, of an image of one channel.</summary>
    private static double Objective(float[] u, float[] x, int height, int width)
    {
        var total = u.Zip(x, (a, b) => (a - b) * (double)(a - b)).Sum() / 2;
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++)
            {
                var here = u[row * width + column];
                var down = row + 1 < height ? u[(row + 1) * width + column] - here : 0;
                var right = column + 1 < width ? u[row * width + column + 1] - here : 0;
                total += Weight * Math.Sqrt((double)down * down + (double)right * right);
            }
        return total;
    }

    /// <summary>The objective is convex: no small change of the minimum makes it smaller.</summary>
    [Fact]
    public void NoChangeOfWhatItGives_HasLessVariationForItsDistance()
    {
        manual_seed(3);
        var x = rand(1, 1, 8, 6);
        var (u, random) = (new TotalVariation(Weight, iterations: 2000).call(x).Floats(), new Random(1));
        var least = Objective(u, x.Floats(), 8, 6);

        Assert.True(least < 0.8 * Objective(x.Floats(), x.Floats(), 8, 6));
        for (var trial = 0; trial < 500; trial++)
        {
            var size = Math.Pow(10, -1 - 2 * random.NextDouble());
            var changed = u.Select(v => v + (float)(size * (random.NextDouble() - 0.5) * (trial % 2 == 0 || random.Next(10) == 0 ? 1 : 0))).ToArray();
            Assert.True(Objective(changed, x.Floats(), 8, 6) > least - 1e-4);
        }
    }

    /// <summary>A step of height h between two halves of width w each loses weight / w on both sides, and stays sharp.</summary>
    [Fact]
    public void AnEdge_StaysSharp_AndLosesTheWeightOverItsWidth()
    {
        var x = cat([zeros(1, 1, 10, 5), ones(1, 1, 10, 5)], 3);

        var row = new TotalVariation(Weight, iterations: 5000).call(x)[0, 0, 4].Floats();

        Assert.All(row[..5], p => Assert.Equal(Weight / 5, p, 2e-3));
        Assert.All(row[5..], p => Assert.Equal(1 - Weight / 5, p, 2e-3));
    }

    [Fact]
    public void AFlatImage_AndEachChannelAndImage_AreKeptApart()
    {
        var x = rand(2, 3, 7, 7);
        var layer = new TotalVariation();

        Assert.All(layer.call(full([1, 1, 5, 5], 0.25)).Floats(), p => Assert.Equal(0.25, p, 1e-6));
        Assert.Equal(layer.call(x)[1, 2].Bits(), layer.call(x[1..2, 2..3]).Bits());
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new TotalVariation(0)), "weight", "above 0");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new TotalVariation(double.NaN)), "weight");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new TotalVariation(0.1, 0)), "iterations");
    }
}
