using Fgsm.Models;

namespace Fgsm.Tests;

public class CnnTests
{
    /// <summary>By hand: 32 (9 + 1) + 64 (32 x 9 + 1) + 128 (64 x 7 x 7 + 1) + 10 (128 + 1).</summary>
    [Fact]
    public void ReportA_HasTheParametersOfItsDescription_AndGivesTenLogitsAnImage()
    {
        using var model = Cnn.ReportA();

        Assert.Equal(421_642, model.CountParameters());
        Assert.Equal([3L, 10], model.call(zeros(3, 1, 28, 28).to(Compute.Device)).shape);
    }

    [Fact]
    public void ReportB_HasThePublishedNumberOfParameters()
    {
        using var model = Cnn.ReportB();

        Assert.Equal(3_274_634, model.CountParameters());
    }

    [Fact]
    public void ReportB_NamesItsParameters()
    {
        using var model = Cnn.ReportB();

        Assert.Equal(
            ["conv1.weight 32x1x5x5", "conv1.bias 32", "conv2.weight 64x32x5x5", "conv2.bias 64", "fc1.weight 1024x3136", "fc1.bias 1024", "fc2.weight 10x1024", "fc2.bias 10"],
            model.named_parameters().Select(p => $"{p.name} {string.Join('x', p.parameter.shape)}"));
    }

    [Fact]
    public void ReportB_GivesTenLogitsAnImage()
    {
        using var model = Cnn.ReportB();

        Assert.Equal([3L, 10], model.call(zeros(3, 1, 28, 28).to(Compute.Device)).shape);
    }

    public sealed record Case(string Op, string? Sha256);

    /// <summary>make_random.py draws the weights and biases of these layers in this order.</summary>
    [Fact]
    public void ReportB_FromSeed42_StartsFromPyTorchsBits()
    {
        string[] layers = ["Conv2d(1, 32, 5)", "Conv2d(32, 64, 5)", "Linear(3136, 1024)", "Linear(1024, 10)"];
        var expected = Golden.Read<Case[]>("random.json").Where(c => layers.Any(c.Op.StartsWith)).ToArray();
        Assert.Equal(layers.SelectMany(l => new[] { $"{l}.weight", $"{l}.bias" }), expected.Select(c => c.Op));

        manual_seed(42);
        using var model = Cnn.ReportB();

        Assert.Equal(expected.Select(c => c.Sha256), model.parameters().Select(p => p.Sha256()));
    }

    [Fact]
    public void ReportB_InEvalMode_IsDeterministic_AndDropsOutInTraining()
    {
        manual_seed(1);
        using var model = Cnn.ReportB();
        var x = rand(2, 1, 28, 28).to(Compute.Device);

        Assert.NotEqual(model.call(x).Bits(), model.call(x).Bits());
        model.eval();
        Assert.Equal(model.call(x).Bits(), model.call(x).Bits());
    }

    [Theory]
    [InlineData(1, 28, 28, 10)]
    [InlineData(3, 32, 32, 10)]
    [InlineData(3, 21, 37, 7)]
    public void ReportC_GivesALogitForEachClass_WhateverTheSizeOfTheImage(int channels, int height, int width, int classes)
    {
        using var model = Cnn.ReportC(channels, height, width, classes);

        Assert.Equal([2L, classes], model.call(zeros(2, channels, height, width).to(Compute.Device)).shape);
    }

    [Theory]
    [InlineData(0, 28, 28, 10)]
    [InlineData(1, 3, 28, 10)]
    [InlineData(1, 28, 3, 10)]
    [InlineData(1, 28, 28, 0)]
    public void ReportC_OfNoImagesOrClasses_Throws(int channels, int height, int width, int classes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Cnn.ReportC(channels, height, width, classes));

    /// <summary>By hand: 32 (9 + 1) + 64 (32 x 9 + 1) + 128 (64 x 24 x 24 + 1) + 10 (128 + 1).</summary>
    [Fact]
    public void ReportE_HasTheLayersOfItsDescription_AndGivesTenLogitsAnImage()
    {
        using var model = Cnn.ReportE();

        Assert.Equal(
            ["conv1.weight 32x1x3x3", "conv1.bias 32", "conv2.weight 64x32x3x3", "conv2.bias 64", "fc1.weight 128x36864", "fc1.bias 128", "fc2.weight 10x128", "fc2.bias 10"],
            model.named_parameters().Select(p => $"{p.name} {string.Join('x', p.parameter.shape)}"));
        Assert.Equal(4_738_826, model.CountParameters());
        Assert.Equal([3L, 10], model.call(zeros(3, 1, 28, 28).to(Compute.Device)).shape);
    }

    [Fact]
    public void Name_IsThatOfTheReport()
    {
        Assert.Equal("report B's CNN", Cnn.Name(Cnn.ReportB));
        Assert.Equal("report C's CNN", Cnn.Name(Cnn.ReportC));
        Assert.Equal("a CNN of your own", Cnn.Name(() => Cnn.ReportB()));
    }

    /// <summary>What is shown is what runs: all of a method, with what it calls, and nothing else.</summary>
    [Fact]
    public void Source_IsTheWholeMethod_AndThatOfTheNetworksItCalls()
    {
        Assert.StartsWith("public static Sequential ReportB() => nn.Sequential(\n    (\"conv1\", nn.Conv2d(1, 32, 5, padding: 2))", Cnn.Source(Cnn.ReportB));
        Assert.EndsWith("(\"fc2\", nn.Linear(1024, 10))).to(Compute.Device);", Cnn.Source(Cnn.ReportB));
        Assert.Single(Cnn.Source(Cnn.ReportB).Split("public static"), part => part.Length > 0);

        var a = Cnn.Source(Cnn.ReportA);
        Assert.StartsWith("public static Sequential ReportA() => ReportC(channels: 1, height: 28, width: 28, classes: 10);\npublic static Sequential ReportC(", a);
        Assert.EndsWith("(\"fc2\", nn.Linear(128, classes))).to(Compute.Device);\n}", a);
        var airbench = Cnn.Source(Airbench.Network);
        Assert.StartsWith("public static Sequential Network(Tensor images, int width = 64)\n{\n", airbench);
        Assert.Contains("private static Sequential Group(int input, int output) => nn.Sequential(", airbench);
        Assert.Equal("", Cnn.Source(() => Cnn.ReportB()));
    }
}
