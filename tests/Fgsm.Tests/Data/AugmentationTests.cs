using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class AugmentationTests
{
    private const int Height = 5, Width = 6;

    /// <summary>Every pixel another value; image, channel, row and column can be read off.</summary>
    private static Tensor Images(int count) => arange(count * 2 * Height * Width).to_type(float32).div_(20011f).reshape(count, 2, Height, Width);

    private static long[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    [Fact]
    public void WithNothingAskedFor_TheImagesStayAsTheyAre() =>
        Assert.Equal(Images(4).Floats(), new Augmentation(1).Apply(Images(4), Numbers(4), 1).Floats());

    [Fact]
    public void RandomFlip_MirrorsAboutHalfOfTheImages_EachEpochOthers()
    {
        var x = Images(400);

        var flipped = Enumerable.Range(1, 3).Select(epoch => Flipped(x, new Augmentation(1) { Flip = Flip.Random }.Apply(x, Numbers(400), epoch))).ToArray();

        // Binomial, n = 400, p = 1/2: five standard deviations are 50.
        Assert.All(flipped, epoch => Assert.InRange(epoch.Count(f => f), 150, 250));
        Assert.InRange(flipped[0].Zip(flipped[1]).Count(f => f.First == f.Second), 150, 250);
        Assert.NotEqual(flipped[0], flipped[2]);
    }

    [Fact]
    public void AlternatingFlip_ShowsEveryImageBothWaysInTwoEpochs()
    {
        var x = Images(400);

        var flipped = Enumerable.Range(1, 3).Select(epoch => Flipped(x, new Augmentation(1) { Flip = Flip.Alternating }.Apply(x, Numbers(400), epoch))).ToArray();

        Assert.InRange(flipped[0].Count(f => f), 150, 250);
        Assert.All(flipped[0].Zip(flipped[1]), f => Assert.NotEqual(f.First, f.Second));
        Assert.Equal(flipped[0], flipped[2]);
    }

    /// <summary>Against the engine's own reflect padding, from which every place is cut.</summary>
    [Fact]
    public void Shift_CutsAnyPlaceOfTheImagePaddedByReflection()
    {
        const int count = 300, shift = 2;
        var x = Images(count);

        var shifted = new Augmentation(3) { Shift = shift }.Apply(x, Numbers(count), 1);

        var padded = nn.functional.pad(x, [shift, shift, shift, shift], PaddingModes.Reflect);
        var places = Enumerable.Range(0, count).Select(i => Enumerable.Range(0, 25).Single(place =>
            padded[i, TensorIndex.Colon, (place / 5)..(place / 5 + Height), (place % 5)..(place % 5 + Width)].Floats().SequenceEqual(shifted[i].Floats()))).ToArray();
        Assert.Equal(25, places.Distinct().Count());
    }

    [Fact]
    public void Cutout_GreysOneSquareInsideEachImage_AndNothingElse()
    {
        var (x, changed) = (Images(200), new Augmentation(4) { Cutout = 3 }.Apply(Images(200), Numbers(200), 1));

        var places = Enumerable.Range(0, 200).Select(i =>
        {
            var (before, after) = (x[i].Floats(), changed[i].Floats());
            var grey = Enumerable.Range(0, after.Length).Where(p => after[p] != before[p]).ToArray();
            Assert.All(grey, p => Assert.Equal(0.5f, after[p]));
            var (top, left) = (grey[0] / Width, grey[0] % Width);
            Assert.Equal(
                from channel in Enumerable.Range(0, 2) from row in Enumerable.Range(0, 3) from column in Enumerable.Range(0, 3)
                select (channel * Height + top + row) * Width + left + column,
                grey);
            return grey[0];
        });
        Assert.Equal(3 * 4, places.Distinct().Count());
    }

    [Fact]
    public void TheChanges_BelongToTheImage_NotToItsPlaceInTheBatch()
    {
        var (x, all) = (Images(6), new Augmentation(5) { Flip = Flip.Random, Shift = 2, Cutout = 2 });

        var whole = all.Apply(x, Numbers(6), 2);

        var some = all.Apply(x.index_select(0, Labels(4, 1)), [4, 1], 2);
        Assert.Equal(whole[4].Floats(), some[0].Floats());
        Assert.Equal(whole[1].Floats(), some[1].Floats());
        Assert.Equal(whole.Floats(), all.Apply(x, Numbers(6), 2).Floats());
        Assert.NotEqual(whole.Floats(), all.Apply(x, Numbers(6), 3).Floats());
        Assert.NotEqual(whole.Floats(), (all with { Seed = 6 }).Apply(x, Numbers(6), 2).Floats());
        Assert.Equal(Images(6).Floats(), x.Floats());
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 6)]
    [InlineData(0, -1)]
    public void WhatDoesNotFitTheImages_IsRefused(int shift, int cutout) =>
        AssertOneLine(
            Assert.Throws<ArgumentException>(() => new Augmentation(1) { Shift = shift, Cutout = cutout }.Apply(Images(1), [0], 1)),
            "images of 5x6", $"got {shift} and {cutout}");

    private static bool[] Flipped(Tensor before, Tensor after)
    {
        var mirrored = before.flip(3);
        return [.. Enumerable.Range(0, (int)before.shape[0]).Select(i =>
        {
            var isFlipped = after[i].Floats().SequenceEqual(mirrored[i].Floats());
            Assert.True(isFlipped || after[i].Floats().SequenceEqual(before[i].Floats()));
            return isFlipped;
        })];
    }
}
