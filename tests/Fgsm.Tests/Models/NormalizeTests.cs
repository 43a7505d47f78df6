using Fgsm.Attacks;
using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class NormalizeTests
{
    [Fact]
    public void Forward_SubtractsTheMeanAndDividesByTheStd_ChannelByChannel()
    {
        var x = tensor([0f, 1, 0.5f, 0.25f, 1, 0], [1, 3, 1, 2]);

        Assert.Equal([-1, 1, 0, -1, 4, -1], new Normalize([0.5, 0.5, 0.2], [0.5, 0.25, 0.2]).call(x).Floats().Select(v => MathF.Round(v, 5)));
    }

    [Fact]
    public void Forward_NeverWritesIntoTheImages_AndLearnsNothing()
    {
        var (x, layer) = (rand(2, 1, 3, 3), new Normalize([0.1307], [0.3081]));
        var before = x.Bits();

        layer.call(x);

        Assert.Equal(before, x.Bits());
        Assert.Equal(0, layer.CountParameters());
    }

    /// <summary>The weights do not know of the layer: a model is the same with and without it, in units of std.</summary>
    [Fact]
    public void Attack_OfANormalisedModel_IsTheAttackInNormalisedUnits()
    {
        var inner = TinyModels.SmallCnn();
        var model = nn.Sequential(("normalize", new Normalize([0.5], [0.25])), ("cnn", inner));
        var (x, y) = (rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        var inPixels = new FGSM(0.1) { Bounds = Bounds.None }.Attack(model, x, y).Floats();
        var inUnits = new FGSM(0.4) { Bounds = Bounds.None }.Attack(inner, (x - 0.5) / 0.25, y).Floats();

        Assert.All(inPixels.Zip(inUnits), p => Assert.Equal((p.First - 0.5f) / 0.25f, p.Second, 1e-5f));
    }

    public static TheoryData<double[], double[]> Wrong => new()
    {
        { [], [] },
        { [0.5], [0.5, 0.5] },
        { [0.5], [0] },
        { [0.5], [-1] },
        { [double.NaN], [1] },
        { [0], [double.PositiveInfinity] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Constructor_OfWhatIsNoMeanAndStd_Throws(double[] mean, double[] std) =>
        AssertOneLine(Assert.Throws<ArgumentException>(() => new Normalize(mean, std)), "Normalize", "std above 0");

    [Fact]
    public void Forward_OfOtherChannels_Throws()
    {
        foreach (long[] shape in new long[][] { [2, 3, 4, 4], [2, 16] })
            AssertOneLine(Assert.Throws<ArgumentException>(() => new Normalize([0.5], [0.5]).call(zeros(shape))), "[N, 1, H, W]", string.Join(", ", shape));
    }
}
