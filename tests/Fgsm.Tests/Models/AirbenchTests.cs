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

    /// <summary>
    /// A network whose only logit is the upper left pixel says what is averaged: that pixel and its mirror image's, and those that come
    /// in from behind the edge, where one line is mirrored: (1, 1) and (1, 30) for either move.
    /// </summary>
    [Fact]
    public void AtTestTime_AveragesOverTheMirrorImage_AndOverTwoMoves()
    {
        var corner = new float[3 * 32 * 32];
        corner[0] = 1;
        var x = images[..1];
        float At(int row, int column) => x[0, 0, row, column].item<float>();

        Assert.Equal(0.25 * (At(0, 0) + At(0, 31) + At(1, 1) + At(1, 30)),
            Airbench.AtTestTime(TinyModels.Linear(corner)).call(x).item<float>(), 1e-6);
    }

    /// <summary>Away from the edges: a pixel, and its neighbours along the diagonal, in the image and in its mirror image.</summary>
    [Fact]
    public void AtTestTime_MovesByAPixelAlongTheDiagonal()
    {
        var inside = new float[3 * 32 * 32];
        inside[10 * 32 + 4] = 1;
        var x = images[..1];
        double At(int row, int column) => x[0, 0, row, column].item<float>() + x[0, 0, row, 31 - column].item<float>();
        // Mirrored after the move: the move goes the other way in the mirror image.
        double Mirrored(int by) => x[0, 0, 10 + by, 4 + by].item<float>() + x[0, 0, 10 + by, 27 + by].item<float>();

        Assert.Equal(0.25 * At(10, 4) + 0.125 * (Mirrored(-1) + Mirrored(1)),
            Airbench.AtTestTime(TinyModels.Linear(inside)).call(x).item<float>(), 1e-6);
    }

    [Fact]
    public void AWidthBelow6_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Airbench.Network(images, 5));

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-9;
        public int GetHashCode(double x) => 0;
    }
}
