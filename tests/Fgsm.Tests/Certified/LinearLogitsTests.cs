using Fgsm.Certified;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class LinearLogitsTests
{
    public static TheoryData<string> Names => ["linear", "deep", "convolution", "stride", "normalize", "nested"];

    /// <summary>The worst logits of training are the linear bounds on intervals that are proved, but for float32's rounding.</summary>
    [Theory, MemberData(nameof(Names))]
    public void WorstLogits_AreTheMarginsOfCrownIbp(string name)
    {
        var model = CertifiedModels.Of(name, seed: 6);
        model.eval();
        var x = rand(3, 2, 8, 8);
        var y = model.call(x).argmax(1);
        var labels = y.data<long>().ToArray();
        using var grad = no_grad();

        var worst = LinearLogits.Worst(model, (x - 0.02).clamp(0, 1), (x + 0.02).clamp(0, 1), y).Floats().Chunk(5).ToList();

        var network = LayeredNetwork.Of(model, x);
        Assert.All(Enumerable.Range(0, 3), i =>
        {
            var box = Box.Around(network.Input.ChannelsLast(x[i..(i + 1)].contiguous().Floats()), 0.02);
            Assert.Equal(0, worst[i][labels[i]], 1e-6f);
            var margin = new NetworkBounds(network, box).LinearMargin((int)labels[i]);
            Assert.Equal(margin, -worst[i].Where((_, other) => other != labels[i]).Max(), 1e-4);
        });
    }

    /// <summary>Finite differences of the summed worst logits along a line in the first layer's weights; a long step would cross a jump, where the
    /// lower line of a ReLU changes its slope.</summary>
    [Fact]
    public void TheGradient_GoesThroughTheBounds()
    {
        var model = CertifiedModels.Of("convolution", seed: 6);
        model.eval();
        var (x, y) = (rand(3, 2, 8, 8), Labels(0, 1, 2));
        Tensor Worst() => LinearLogits.Worst(model, (x - 0.02).clamp(0, 1), (x + 0.02).clamp(0, 1), y).sum();
        var weight = model.parameters().First();
        var (start, direction) = (weight.detach().clone(), randn(weight.shape));
        double At(float step)
        {
            using var grad = no_grad();
            weight.copy_(start + direction * step);
            return Worst().ToSingle();
        }

        Worst().backward();

        var expected = (At(1e-4f) - At(-1e-4f)) / 2e-4;
        Assert.Equal(expected, (weight.grad! * direction).sum().ToSingle(), 0.02 * Math.Abs(expected));
        Assert.InRange(Math.Abs(expected), 0.1, 100);
    }

    [Fact]
    public void WhatThereAreNoBoundsFor_IsRefused() => AssertOneLine(Assert.Throws<NotSupportedException>(() =>
    {
        var x = rand(2, 2, 8, 8);
        LinearLogits.Worst(CertifiedModels.Of("pooling", seed: 6), x, x, Labels(0, 1));
    }), "CROWN-IBP", "MaxPool2d");
}
