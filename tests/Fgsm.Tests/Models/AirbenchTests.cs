using Fgsm.Models;

namespace Fgsm.Tests;

public class AirbenchTests
{
    private readonly Tensor images;

    public AirbenchTests()
    {
        manual_seed(1);
        images = rand(40, 3, 32, 32);
    }

    /// <summary>1,972,792: the paper's 1.97 million, layer by layer.</summary>
    [Theory]
    [InlineData(64, 1_972_792)]
    [InlineData(16, 127_096)]
    public void Network_HasThePapersParameters_AndGivesTenLogits(int width, long parameters)
    {
        var model = Airbench.Network(images, width);

        Assert.Equal(parameters, model.CountParameters());
        Assert.Equal([40L, 10], model.call(images).shape);
        Assert.Equal(["whiten.weight"], model.named_parameters().Where(p => !p.parameter.requires_grad && !p.name.Contains("norm")).Select(p => p.name));
    }

    /// <summary>Winograd's method leaves an error of some millionths.</summary>
    [Fact]
    public void Convolutions_BeginAsTheIdentity()
    {
        var model = Airbench.Network(images, 16);
        var weight = model.named_parameters().Single(p => p.name == "group2.conv1.weight").parameter;

        var x = rand(1, 16, 6, 6);
        var y = nn.functional.conv2d(x, weight, padding: [1L, 1]);

        Assert.Equal([64L, 16, 3, 3], weight.shape);
        Assert.All(x.Floats().Zip(y[.., ..16].Floats()), p => Assert.Equal(p.First, p.Second, 1e-4f));
    }

    /// <summary>The paper's code: lr = 11.5 / 1024 / (1 + 1 / (1 - 0.85)) for a loss summed over 1,024 images, decay .0153 / (1 + 1 / (1 - 0.85)), whatever the rate.</summary>
    [Fact]
    public void Optimizer_DecaysAllAlike_AndMovesBiasesOfNormalisations64TimesAsFast()
    {
        var model = Airbench.Network(images, 8);
        var groups = Airbench.Optimizer(model).ParamGroups.ToList();

        Assert.Equal(11.5 / (1 + 1 / (1 - 0.85)), groups[1].LearningRate, 1e-9);
        Assert.Equal(64 * groups[1].LearningRate, groups[0].LearningRate, 1e-9);
        Assert.Equal(2, groups.Count);
    }

    [Fact]
    public void Triangle_RisesFrom02To1_AndFallsTo007()
    {
        var triangle = Airbench.Triangle(1000);

        Assert.Equal([0.2, 1, 0.07], [triangle(0), triangle(230), triangle(1000)], new Near());
        Assert.True(triangle(100) < triangle(101) && triangle(500) > triangle(501));
    }

    [Fact]
    public void AWidthBelow6_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Airbench.Network(images, 5));

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-9;
        public int GetHashCode(double x) => 0;
    }
}
