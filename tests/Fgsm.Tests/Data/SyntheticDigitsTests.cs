using Fgsm.Data;

namespace Fgsm.Tests;

public class SyntheticDigitsTests
{
    [Fact]
    public void Draw_WithTheSameSeed_GivesTheSameBytes()
    {
        var (first, second) = (SyntheticDigits.Draw(7, 50, 20), SyntheticDigits.Draw(7, 50, 20));

        Assert.Equal(first.Train.Pixels, second.Train.Pixels);
        Assert.Equal(first.Test.Labels, second.Test.Labels);
        Assert.Equal(first.Test.Sha256, second.Test.Sha256);
    }

    [Fact]
    public void Draw_OfFewer_GivesTheFirstOfMore() =>
        Assert.Equal(SyntheticDigits.Draw(7, 100, 1).Train.Take(30).Pixels, SyntheticDigits.Draw(7, 30, 1).Train.Pixels);

    [Fact]
    public void Draw_WithAnotherSeed_GivesOtherImages() =>
        Assert.NotEqual(SyntheticDigits.Draw(7, 10, 10).Test.Sha256, SyntheticDigits.Draw(8, 10, 10).Test.Sha256);

    [Fact]
    public void Draw_TrainingAndTestImages_Differ()
    {
        var data = SyntheticDigits.Draw(7, 20, 20);

        Assert.NotEqual(data.Train.Pixels, data.Test.Pixels);
    }

    [Fact]
    public void Draw_HasMnistsShapeAndItsOwnName()
    {
        var data = SyntheticDigits.Draw(7, 3, 2);

        Assert.Equal((3, 2, 1, 28, 28), (data.Train.Count, data.Test.Count, data.Test.Channels, data.Test.Height, data.Test.Width));
        Assert.True(data.IsSynthetic);
        Assert.Equal("Baseline (synthetic digits)", data.Title("Baseline"));
    }

    [Fact]
    public void Draw_EveryClassIsAboutEquallyFrequent()
    {
        var counts = SyntheticDigits.Draw(7, 2000, 1).Train.Labels.CountBy(label => label).ToDictionary();

        Assert.Equal(10, counts.Count);
        // Binomial, n = 2000, p = 0.1: five standard deviations are 67.
        Assert.All(counts.Values, n => Assert.InRange(n, 133, 267));
    }

    [Fact]
    public void Draw_EveryImageHasInkOnADarkGround()
    {
        var set = SyntheticDigits.Draw(7, 500, 1).Train;

        Assert.All(set.Pixels.Chunk(784), image =>
        {
            Assert.InRange(image.Count(pixel => pixel > 100), 15, 400);
            Assert.True(image.Count(pixel => pixel < 50) > 300);
        });
    }

    // Published test vectors of SplitMix64 for seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
    [Fact]
    public void SplitMix64_GivesThePublishedNumbers()
    {
        var random = new SplitMix64(1234567);

        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            new ulong[] { random.Next(), random.Next(), random.Next(), random.Next(), random.Next() });
    }
}
