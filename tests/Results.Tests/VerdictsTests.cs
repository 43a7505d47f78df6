namespace Fgsm.Results.Tests;

public class VerdictsTests
{
    [Theory]
    [InlineData("97.85", 97.94, 98.46, Verdict.Close)]
    [InlineData("96.95", 96.78, 97.44, Verdict.Reproduced)]
    [InlineData("96.95", 96.955, 97.44, Verdict.Reproduced)]
    [InlineData("below 5 %", 5.01, 5.9, Verdict.Close)]
    [InlineData("10 to 15 %", 11.2, 12.5, Verdict.Reproduced)]
    [InlineData("91.68", 93.69, 95, Verdict.NotReproduced)]
    [InlineData("91.68", 93.68, 95, Verdict.Close)]
    public void Of_Percentages_GoesByTheGapInPoints(string published, double low, double high, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Of(PublishedValue.Parse(published)!, new Interval(low, high), isPercent: true));

    [Theory]
    [InlineData("1.24", 1.243, Verdict.Reproduced)]
    [InlineData("1.24", 1.36, Verdict.Close)]
    [InlineData("1.24", 1.38, Verdict.NotReproduced)]
    [InlineData("-0.000019", -0.0000208, Verdict.Close)]
    [InlineData("-0.000019", -0.0000005, Verdict.NotReproduced)]
    [InlineData("-0.000019", 0.000019, Verdict.NotReproduced)]
    public void Of_OtherQuantities_GoesByTheGapAsAShareOfThePublishedNumber(string published, double ours, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Of(PublishedValue.Parse(published)!, new Interval(ours, ours), isPercent: false));

    [Fact]
    public void ToText_HasASignOfItsOwn_ForEachThatHasAColour()
    {
        var texts = Enum.GetValues<Verdict>().Select(verdict => verdict.ToText()).ToArray();

        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Equal(["✓", "≈", "✗", "–"], texts.Select(text => text[..1]).Distinct());
    }
}
