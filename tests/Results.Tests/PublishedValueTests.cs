namespace Fgsm.Results.Tests;

public class PublishedValueTests
{
    [Theory]
    [InlineData("98.68", 98.68, 98.675, 98.685)]
    [InlineData("99.00", 99, 98.995, 99.005)]
    [InlineData("82.2", 82.2, 82.15, 82.25)]
    [InlineData("100 %", 100, 99.5, 100.5)]
    [InlineData("-0.000019", -0.000019, -0.0000195, -0.0000185)]
    [InlineData("about 85 %", 85, 82.5, 87.5)]
    [InlineData("~90 %", 90, 87.5, 92.5)]
    [InlineData("about 99 %", 99, 98.5, 99.5)]
    [InlineData("below 5 %", 5, 0, 5)]
    [InlineData("10 to 15 %", 12.5, 10, 15)]
    [InlineData("~5-10 %", 7.5, 5, 10)]
    public void Parse_OfAPrintedNumber_GivesAllThatItMayStandFor(string text, double value, double low, double high)
    {
        var published = PublishedValue.Parse(text)!;

        Assert.Equal(text, published.Text);
        Assert.Equal(value, published.Value, 12);
        Assert.Equal(low, published.Range.Low, 12);
        Assert.Equal(high, published.Range.High, 12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SGD, rate 0.01, momentum 0.9")]
    [InlineData("5 epochs")]
    [InlineData("8/255")]
    public void Parse_OfAnyOtherText_GivesNothing(string text) => Assert.Null(PublishedValue.Parse(text));
}
