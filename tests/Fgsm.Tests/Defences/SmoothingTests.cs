using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class SmoothingTests
{
    /// <summary>By the definition: sort, or add up, the square around each pixel of the image mirrored at its edge.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void EachPixel_IsTheMedianOrTheMeanOfItsSquare(int size)
    {
        manual_seed(1);
        var x = rand(2, 2, 6, 7);
        var (pixels, median, mean) = (x.Floats(), new MedianSmoothing(size).call(x).Floats(), new MeanSmoothing(size).call(x).Floats());

        for (var plane = 0; plane < 4; plane++)
            for (var row = 0; row < 6; row++)
                for (var column = 0; column < 7; column++)
                {
                    var around = Enumerable.Range(-size / 2, size).SelectMany(dy => Enumerable.Range(-size / 2, size)
                        .Select(dx => pixels[(plane * 6 + Mirror(row + dy, 6)) * 7 + Mirror(column + dx, 7)])).Order().ToArray();
                    var place = (plane * 6 + row) * 7 + column;
                    Assert.Equal(around[around.Length / 2], median[place]);
                    Assert.Equal(around.Average(), mean[place], 1e-6f);
                }

        static int Mirror(int i, int length) => i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    }

    [Fact]
    public void ASinglePixel_VanishesUnderTheMedian_AndStaysInTheMean()
    {
        var x = zeros(1, 1, 5, 5);
        x[0, 0, 2, 2] = 1;

        Assert.All(new MedianSmoothing().call(x).Floats(), p => Assert.Equal(0, p));
        Assert.Equal(1, new MeanSmoothing().call(x).Floats().Sum(), 1e-6f);
    }

    /// <summary>The gradient goes to the pixels that are medians, once for each square in which they are.</summary>
    [Fact]
    public void TheMediansGradient_IsThatOfFiniteDifferences()
    {
        manual_seed(2);
        var x = rand(1, 1, 5, 5);
        var (weights, layer) = (rand(1, 1, 5, 5), new MedianSmoothing());
        var input = x.clone().requires_grad_();
        (layer.call(input) * weights).sum().backward();
        var gradient = input.grad!.Floats();

        for (var i = 0; i < 25; i++)
        {
            double At(float step)
            {
                var moved = x.clone();
                moved[0, 0, i / 5, i % 5] = x.Floats()[i] + step;
                return layer.call(moved).Floats().Zip(weights.Floats(), (a, b) => (double)a * b).Sum();
            }
            Assert.Equal((At(1e-4f) - At(-1e-4f)) / 2e-4, gradient[i], 0.02);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ASideThatIsEvenOrBelow3_IsRefused(int size)
    {
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new MedianSmoothing(size)), "MedianSmoothing", "odd", $"{size}");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new MeanSmoothing(size)), "MeanSmoothing", "odd", $"{size}");
    }
}
