using Fgsm.Data;

namespace Fgsm.Tests;

public class ImageSetTests
{
    [Fact]
    public void Constructor_TakesColourImagesOfAnySize()
    {
        var set = new ImageSet("c", new byte[2 * 3 * 4 * 5], [0, 1], 3, 4, 5, ["cat", "dog"], "");

        Assert.Equal((2, 3, 4, 5), (set.Count, set.Channels, set.Height, set.Width));
    }

    [Fact]
    public void Constructor_PixelsThatDoNotFit_Throws() =>
        Assert.Contains("5 bytes of pixels are not 1 images of 1x2x2", Assert.Throws<DataException>(() => new ImageSet("c", new byte[5], [0], 1, 2, 2, ["a"], "")).Message);

    [Fact]
    public void Constructor_LabelWithoutAClass_Throws() =>
        Assert.Contains("label 2 of image 1", Assert.Throws<DataException>(() => new ImageSet("c", new byte[2], [0, 2], 1, 1, 1, ["a", "b"], "")).Message);

    [Fact]
    public void Take_GivesTheFirstImages()
    {
        var set = new ImageSet("c", [1, 2, 3, 4, 5, 6], [0, 1, 0], 1, 1, 2, ["a", "b"], "x").Take(2);

        Assert.Equal([1, 2, 3, 4], set.Pixels);
        Assert.Equal([0, 1], set.Labels);
        Assert.Equal(2, set.Take(100).Count);
    }
}
