using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class RandomResizingTests
{
    [Fact]
    public void EachCall_PutsTheImageElsewhere_AndASeedRepeatsIt()
    {
        var (x, layer) = (rand(2, 1, 20, 20), new RandomResizing(0.5));
        manual_seed(5);
        var (first, second) = (layer.call(x), layer.call(x));
        manual_seed(5);

        Assert.NotEqual(first.Bits(), second.Bits());
        Assert.Equal(first.Bits(), layer.call(x).Bits());
    }

    /// <summary>White images show where the picture lies: a rectangle between half and all of the side, black around it.</summary>
    [Fact]
    public void WhatItGives_IsTheSmallerImageOnBlack()
    {
        var layer = new RandomResizing(0.5);
        var sides = new HashSet<int>();
        for (var draw = 0; draw < 200; draw++)
        {
            var image = layer.call(ones(1, 1, 10, 16));
            Assert.Equal([1L, 1, 10, 16], image.shape);
            var pixels = image.Floats();
            var rows = Enumerable.Range(0, 10).Where(r => pixels[(r * 16)..(r * 16 + 16)].Contains(1)).ToList();
            var columns = Enumerable.Range(0, 16).Where(c => Enumerable.Range(0, 10).Any(r => pixels[r * 16 + c] == 1)).ToList();
            Assert.Equal(rows.Count * columns.Count, pixels.Count(p => p == 1));
            Assert.InRange(rows.Count, 5, 10);
            Assert.InRange(columns.Count, 8, 16);
            sides.Add(rows.Count);
        }
        Assert.Equal(6, sides.Count);
    }

    [Fact]
    public void AllOfTheSide_ChangesNothing()
    {
        var x = rand(2, 3, 6, 5);

        Assert.Equal(x.Bits(), new RandomResizing(1).call(x).Bits());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void AnotherShare_IsRefused(double smallest) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResizing(smallest)), "above 0 and at most 1");
}
