using Fgsm.Attacks;
using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class BitDepthTests
{
    [Theory]
    [InlineData(1, new[] { 0f, 0.49f, 0.51f, 1f }, new[] { 0f, 0, 1, 1 })]
    [InlineData(2, new[] { 0.1f, 0.2f, 0.6f, 0.9f }, new[] { 0f, 1 / 3f, 2 / 3f, 1 })]
    public void Pixels_AreRoundedToTheNearestOfTheLevels(int bits, float[] pixels, float[] squeezed) =>
        Assert.Equal(squeezed, new BitDepth(bits).call(tensor(pixels, [1, 1, 2, 2])).Floats());

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void ASecondTime_ChangesNothing(int bits)
    {
        manual_seed(1);
        var (layer, x) = (new BitDepth(bits), rand(2, 3, 5, 4));
        var once = layer.call(x);

        Assert.Equal(once.Bits(), layer.call(once).Bits());
        Assert.Equal(1 << bits, bits > 3 ? 1 << bits : once.Floats().Distinct().Count());
    }

    /// <summary>The illusion: nothing to climb along, so FGSM leaves every pixel where it is. Behind a straight-through layer it climbs.</summary>
    [Fact]
    public void Fgsm_FindsNoGradient_AndFindsOneStraightThrough()
    {
        var (layer, cnn, x, y) = (new BitDepth(2), TinyModels.SmallCnn(), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        Assert.Equal(x.Bits(), new FGSM(0.3).Attack(nn.Sequential(layer, cnn), x, y).Bits());
        Assert.NotEqual(x.Bits(), new FGSM(0.3).Attack(nn.Sequential(new StraightThrough(layer), cnn), x, y).Bits());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void OtherBits_AreRefused(int bits) => AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new BitDepth(bits)), "from 1 to 16", $"{bits}");
}
