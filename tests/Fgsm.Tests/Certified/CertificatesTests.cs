using Fgsm.Certified;
using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class CertificatesTests
{
    private readonly Sequential model = CertifiedModels.Of("nested", seed: 5);
    private readonly TensorSet data;

    public CertificatesTests()
    {
        var x = rand(20, 2, 8, 8);
        data = new(x, Predicted(model, x));
    }

    private static Tensor Predicted(Sequential model, Tensor x)
    {
        model.eval();
        var labels = model.call(x).argmax(1);
        model.train();
        return labels;
    }

    [Fact]
    public void Methods_AreTriedUpToTheGivenOne_AndProveMoreAndMore()
    {
        var all = Enum.GetValues<BoundMethod>().Select(method => Certificates.Of(model, data, 0.02, method)).ToList();

        Assert.True(all[0].Certified < all[2].Certified);
        Assert.All(all.Zip(all.Skip(1)), pair =>
        {
            var (weaker, stronger) = pair;
            Assert.All(Enumerable.Range(0, data.Count).Where(weaker.IsCertified), image => Assert.True(stronger.IsCertified(image)));
            Assert.All(Enumerable.Range(0, data.Count), image => Assert.True(stronger.Margins[image] >= weaker.Margins[image]));
        });
        Assert.All(all[2].Methods.Index().Where(m => m.Item < BoundMethod.CROWN), m => Assert.True(all[2].Margins[m.Index] > 0));
    }

    [Fact]
    public void OnlyRightAndStandingImages_AreLookedAt()
    {
        var (x, y) = data;
        var wrong = new TensorSet(x, cat([Labels((y[0].item<long>() + 1) % 5), y[1..]]));

        var certificates = Certificates.Of(model, wrong, 0, standing: image => image != 1);

        Assert.Equal([double.NaN, double.NaN], certificates.Margins.Take(2));
        Assert.Equal(18, certificates.Certified);
        Assert.Equal(90, certificates.Accuracy);
        var frame = certificates.ToDataFrame();
        Assert.Equal(2, frame.Columns["margin"].NullCount);
        Assert.Equal(false, frame["certified"][0]);
        Assert.Equal("IBP", frame["method"][2]);
    }

    [Fact]
    public void AnImagesMargin_DoesNotDependOnItsBatch_AndTheModelsModeStays()
    {
        var all = Certificates.Of(model, data, 0.02);

        Assert.Equal(all.Margins.Skip(7).Take(1), Certificates.Of(model, data[7], 0.02).Margins);
        Assert.DoesNotContain(false, model.Modes());
    }

    [Fact]
    public void WhatThereAreNoBoundsFor_IsRefused()
    {
        Exception Refused(nn.Module<Tensor, Tensor> model) =>
            Assert.Throws<NotSupportedException>(() => Certificates.Of(model, data, 0.1));

        AssertOneLine(Refused(nn.Sequential(nn.Flatten(), nn.Linear(128, 5), nn.GELU())), "GELU", "ReLU");
        AssertOneLine(Refused(nn.Sequential(nn.Conv2d(2, 4, 3, groups: 2), nn.AdaptiveAvgPool2d(1), nn.Flatten())), "groups");
        AssertOneLine(Refused(nn.Sequential(nn.Conv2d(2, 4, 3, dilation: 2), nn.AdaptiveAvgPool2d(1), nn.Flatten())), "dilation");
        AssertOneLine(Refused(nn.Sequential(nn.MaxPool2d(3, ceil_mode: true), nn.Flatten(), nn.Linear(18, 5))), "ceil_mode");
        AssertOneLine(Refused(nn.Sequential(nn.BatchNorm2d(2, track_running_stats: false), nn.Flatten(), nn.Linear(128, 5))), "statistics");
        AssertOneLine(Refused(nn.Sequential(nn.MaxPool2d(2), nn.Flatten())), "logits");
    }

    [Fact]
    public void BadInput_IsRefused()
    {
        foreach (var eps in new[] { -0.1, double.NaN, double.PositiveInfinity })
            AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => Certificates.Of(model, data, eps)), "eps", "0 or more");
        var bytes = new TensorSet(data.Images * 255, data.Labels);
        AssertOneLine(Assert.Throws<ArgumentException>(() => Certificates.Of(model, bytes, 0.1)), "pixels", "bounds 0 to 1");
    }

    [Fact]
    public void Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Certificates.Of(model, data, 0.1, cancellation: source.Token));
    }
}
