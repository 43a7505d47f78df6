using Fgsm.Evaluation;

namespace Fgsm.Tests;

public class PicturesTests
{
    [Fact]
    public void ToPicture_TakesTheShapeOfTheImage_AndClipsItsPixels()
    {
        var picture = tensor([0f, 0.2f, 1f, -0.5f, 1.5f, 0.4f], [1, 1, 2, 3]).ToPicture();

        Assert.Equal((1, 2, 3), (picture.Channels, picture.Height, picture.Width));
        Assert.Equal([0, 51, 255, 0, 255, 102], picture.Pixels);
    }

    [Fact]
    public void ToPicture_OfAColourImageWithoutABatch_HasThreeChannels()
    {
        var picture = zeros(3, 4, 5).ToPicture();

        Assert.Equal((3, 4, 5), (picture.Channels, picture.Height, picture.Width));
    }

    [Fact]
    public void ToSignedPicture_IsWhiteAtZero_AndTheSameBeyondTheScale()
    {
        var pixels = tensor([0f, 0.1f, 0.2f], [1, 1, 1, 3]).ToSignedPicture(0.1).Pixels;

        Assert.All([0, 3, 6], plane => Assert.Equal(255, pixels[plane]));
        Assert.All([0, 3, 6], plane => Assert.Equal(pixels[plane + 1], pixels[plane + 2]));
        Assert.NotEqual(255, pixels[7]);
    }
}
