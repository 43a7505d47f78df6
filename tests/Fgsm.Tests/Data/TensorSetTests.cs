using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class TensorSetTests
{
    private static TensorSet Numbered(int count) => new(arange(count * 4).to_type(float32).reshape(count, 1, 2, 2), arange(count));

    private static TensorSet AllBytes() =>
        TensorSet.From(new ImageSet("all bytes", [.. Enumerable.Range(0, 256).Select(i => (byte)i)], [0, 1, 1, 0], 1, 8, 8, ["a", "b"], ""));

    [Fact]
    public void From_DividesEveryByteBy255()
    {
        var set = TensorSet.From(new ImageSet("all bytes", [.. Enumerable.Range(0, 256).Select(i => (byte)i)], [0, 1], 2, 8, 8, ["a", "b"], ""));

        Assert.Equal([2L, 2, 8, 8], set.Images.shape);
        Assert.Equal(Enumerable.Range(0, 256).Select(i => i / 255f), set.Images.Floats());
        Assert.Equal([0, 1], set.Labels.data<long>().ToArray());
        Assert.Equal((float32, int64), (set.Images.dtype, set.Labels.dtype));
    }

    [Fact]
    public void From_KeepsBytes_AndEveryPartHasTheBitsOfTheWhole()
    {
        var set = AllBytes();
        var whole = set.Images.Floats();

        Assert.Equal(uint8, set.Pixels.dtype);
        Assert.Equal(whole[64..192], set.Range(1, 3).Images.Floats());
        Assert.Equal(whole[128..192], set[2].Images.Floats());
        Assert.Equal(whole, set.Batches(3).SelectMany(batch => batch.Images.Floats()));
        Assert.Equal([.. whole[192..], .. whole[..64]], set.Take(Labels(3, 0)).Images.Floats());
    }

    /// <summary>A data set is in memory once.</summary>
    [Fact]
    public void From_SharesTheMemoryOfImages_AlsoOfTheFirstOnly()
    {
        var images = new ImageSet("grey", [1, 2, 3, 4], [0, 1, 0, 1], 1, 1, 1, ["a", "b"], "");
        using (NewDisposeScope())
            TensorSet.From(images.Take(3)).Pixels.copy_(tensor(new byte[] { 7, 7, 7 }).reshape(3, 1, 1, 1));

        Assert.Equal([7, 7, 7, 4], images.Pixels);
    }

    [Fact]
    public void ImagesMadeOfBytes_AreTheCallers()
    {
        var set = AllBytes();
        var whole = set.Images.Floats();

        set.Images.zero_();

        Assert.Equal(whole, set.Images.Floats());
    }

    [Fact]
    public void OtherImages_TakeThePlaceOfBytes()
    {
        var attacked = AllBytes() with { Images = full([4, 1, 8, 8], 0.25f) };

        Assert.Equal(Enumerable.Repeat(0.25f, 256), attacked.Images.Floats());
        Assert.Equal([0, 1, 1, 0], attacked.Labels.data<long>().ToArray());
    }

    [Fact]
    public void Take_GivesTheImagesAskedFor_InTheirOrder()
    {
        var (images, labels) = Numbered(3).Take(Labels(2, 0, 2));

        Assert.Equal([8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11], images.Floats());
        Assert.Equal([2, 0, 2], labels.data<long>().ToArray());
    }

    [Fact]
    public void Range_IsOnTheSameMemory()
    {
        var set = Numbered(5);

        var range = set.Range(1, 3);
        range.Images.zero_();
        range.Labels.fill_(9);

        Assert.Equal(2, range.Count);
        Assert.Equal([0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 12, 13, 14, 15, 16, 17, 18, 19], set.Images.Floats());
        Assert.Equal([0, 9, 9, 3, 4], set.Labels.data<long>().ToArray());
    }

    [Theory]
    [InlineData(10, 3, new[] { 3, 3, 3, 1 })]
    [InlineData(10, 5, new[] { 5, 5 })]
    [InlineData(10, 100, new[] { 10 })]
    [InlineData(3, 1, new[] { 1, 1, 1 })]
    public void Batches_CoverEverythingInOrder(int count, int size, int[] sizes)
    {
        var set = Numbered(count);

        var batches = set.Batches(size).ToList();

        Assert.Equal(sizes, batches.Select(b => b.Count));
        Assert.Equal(set.Images.Floats(), batches.SelectMany(b => b.Images.Floats()));
        Assert.Equal(set.Labels.data<long>().ToArray(), batches.SelectMany(b => b.Labels.data<long>().ToArray()));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(0, 0)]
    public void ASet_OfImagesAndLabelsThatDoNotMatch_IsRefused(int images, int labels)
    {
        var error = Assert.Throws<ArgumentException>(() => new TensorSet(zeros(images, 1, 2, 2), zeros([labels], int64)));

        Assert.Contains($"{images} images and {labels} labels", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Batches_WithoutImages_Throws(int size) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(3).Batches(size).Take(5).ToList()), "1 or more", $"got {size}");

    [Fact]
    public void AnImageByItsNumber_IsABatchOfOne()
    {
        var set = Numbered(3);

        var (image, label) = set[1];

        Assert.Equal([1, .. set.Images.shape[1..]], image.shape);
        Assert.Equal(set.Images[1].Floats(), image.Floats());
        Assert.Equal(set.Labels[1].item<long>(), Assert.Single(label.data<long>().ToArray()));
    }

    /// <summary>A layer of 64 channels at half the side of 227x227 is 3 MB an image: an evaluation must not take 250 of them at once.</summary>
    [Theory]
    [InlineData(1, 28, 250)]
    [InlineData(3, 32, 250)]
    [InlineData(3, 227, 4)]
    [InlineData(3, 1000, 1)]
    public void Fitting_OfLargerImages_IsFewer(int channels, int side, int expected) =>
        Assert.Equal(expected, new TensorSet(zeros(1, channels, side, side), zeros([1], int64)).Fitting(250));
}
