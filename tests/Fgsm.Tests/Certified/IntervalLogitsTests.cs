using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class IntervalLogitsTests
{
    public static TheoryData<string> Names => [.. CertifiedModels.Names.Where(name => name != "norm")];

    /// <summary>The worst logits of training are the margins that are proved, but for float32's rounding.</summary>
    [Theory, MemberData(nameof(Names))]
    public void WorstLogits_AreTheMarginsOfIntervalBounds(string name)
    {
        var model = CertifiedModels.Of(name, seed: 6);
        model.eval();
        var x = rand(3, 2, 8, 8);
        var y = model.call(x).argmax(1);
        using var grad = no_grad();

        var worst = IntervalLogits.Worst(model, (x - 0.02).clamp(0, 1), (x + 0.02).clamp(0, 1), y).Floats().Chunk(5).ToList();

        var margins = Certificates.Of(model, new TensorSet(x, y), 0.02, BoundMethod.IBP).Margins;
        var labels = y.data<long>().ToArray();
        Assert.All(Enumerable.Range(0, 3), i =>
        {
            Assert.Equal(0, worst[i][labels[i]], 1e-6f);
            Assert.Equal(margins[i], -worst[i].Where((_, other) => other != labels[i]).Max(), 1e-4);
        });
    }

    /// <summary>The gradient goes through the bounds: a step against it makes the worst margin better.</summary>
    [Fact]
    public void AStep_RaisesTheCertifiedMargin()
    {
        var model = CertifiedModels.Of("pooling", seed: 6);
        var data = new TensorSet(rand(8, 2, 8, 8), RandomLabels(8, 5));
        double Loss() => nn.functional.cross_entropy(
            IntervalLogits.Worst(model, (data.Images - 0.05).clamp(0, 1), (data.Images + 0.05).clamp(0, 1), data.Labels), data.Labels).ToSingle();
        var before = Loss();

        new IntervalTraining(0.05, warmup: 0, ramp: 0, kappa: 0).Step(model, optim.SGD(model.parameters(), 0.01), data.Images, data.Labels);

        Assert.InRange(Loss(), 0, before - 1e-3);
    }

    [Fact]
    public void WhatThereAreNoBoundsFor_IsRefused()
    {
        var (x, y) = (rand(2, 2, 8, 8), Labels(0, 1));

        AssertOneLine(Assert.Throws<NotSupportedException>(
            () => IntervalLogits.Worst(nn.Sequential(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(128, 5)), x, x, y)), "BatchNorm2d");
        AssertOneLine(Assert.Throws<NotSupportedException>(
            () => IntervalLogits.Worst(nn.Sequential(nn.Flatten(), nn.Linear(128, 5), nn.ReLU()), x, x, y)), "must end in Linear");
    }
}
