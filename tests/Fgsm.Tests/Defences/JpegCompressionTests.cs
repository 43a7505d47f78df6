using Fgsm.Attacks;
using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class JpegCompressionTests
{
    public sealed record Case(long[] Shape, int Quality, int[] Pixels, int[] Back);

    /// <summary>To the last bit (tests/golden/make_jpeg.py).</summary>
    [Fact]
    public void Images_AreThoseOfPillowsFiles()
    {
        foreach (var c in Golden.Read<Case[]>("jpeg.json"))
        {
            var images = tensor([.. c.Pixels.Select(p => p / 255f)], [1, .. c.Shape]);

            var back = new JpegCompression(c.Quality).call(images);

            Assert.Equal([1, .. c.Shape], back.shape);
            Assert.Equal(c.Back, back.Floats().Select(p => (int)MathF.Round(p * 255)));
        }
    }

    [Fact]
    public void EveryImageOfABatch_IsCompressedAsIfAlone()
    {
        manual_seed(1);
        var (layer, x) = (new JpegCompression(50), rand(3, 3, 16, 16));

        Assert.Equal(layer.call(x)[1].Floats(), layer.call(x[1..2]).Floats());
    }

    [Fact]
    public void Fgsm_FindsNoGradient_AndFindsOneStraightThrough()
    {
        manual_seed(1);
        var (layer, cnn, x, y) = (new JpegCompression(), TinyModels.SmallCnn(), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        Assert.Equal(x.Bits(), new FGSM(0.3).Attack(nn.Sequential(layer, cnn), x, y).Bits());
        Assert.NotEqual(x.Bits(), new FGSM(0.3).Attack(nn.Sequential(new StraightThrough(layer), cnn), x, y).Bits());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void AQualityThatThereIsNot_Throws(int quality) =>
        Assert.Contains($"got {quality}", Assert.Throws<ArgumentOutOfRangeException>(() => new JpegCompression(quality)).Message);

    [Fact]
    public void WhatIsNoImage_Throws() =>
        Assert.Contains("got [2, 2, 8, 8]", Assert.Throws<ArgumentException>(() => new JpegCompression().call(zeros(2, 2, 8, 8))).Message);
}
