using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

/// <summary>Bounds are those of an independent implementation, auto_LiRPA (tests/golden/make_certified.py).</summary>
public class GoldenBoundsTests
{
    public sealed record GoldenCase(string Network, double Eps, long[] Labels, double[] Ibp, double[] CrownIbp, double[] Crown)
    {
        public override string ToString() => $"{Network} at {Eps}";
    }

    public sealed record GoldenCertified(long ModelSeed, long ImageSeed, GoldenCase[] Cases);

    private static readonly GoldenCertified Certified = Golden.Read<GoldenCertified>("certified.json");

    public static TheoryData<GoldenCase> Cases => [.. Certified.Cases];

    private static Sequential Network(string name)
    {
        manual_seed(Certified.ModelSeed);
        switch (name)
        {
            case "linear":
                return nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 15), nn.ReLU(), nn.Linear(15, 5));
            case "pooled":
                return nn.Sequential(nn.Conv2d(1, 4, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 12), nn.ReLU(),
                    nn.Linear(12, 5));
            case "residual":
                var (first, last) = (nn.Conv2d(1, 3, 3, padding: 1), nn.Linear(64, 5));
                var same = new Residual(nn.Sequential(nn.Conv2d(3, 3, 3, padding: 1), nn.ReLU(), nn.Conv2d(3, 3, 3, padding: 1)));
                var half = new Residual(
                    nn.Sequential(nn.Conv2d(3, 4, 3, stride: 2, padding: 1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding: 1)),
                    nn.Conv2d(3, 4, 1, stride: 2));
                return nn.Sequential(first, nn.ReLU(), same, nn.ReLU(), half, nn.ReLU(), nn.Flatten(), last);
            default:
                var norm = nn.BatchNorm2d(4);
                norm.running_mean!.copy_(tensor([0.1f, -0.2f, 0.3f, -0.4f]));
                norm.running_var!.copy_(tensor([0.5f, 1, 1.5f, 2]));
                return nn.Sequential(new Normalize([0.2, 0.4], [0.5, 0.25]), nn.Conv2d(2, 4, 4, 2, 1), norm, nn.ReLU(),
                    nn.Conv2d(4, 3, (3, 2)), nn.ReLU(), nn.Flatten(), nn.Linear(18, 5));
        }
    }

    /// <summary>
    /// Above a window of pooling auto_LiRPA has a constant; our planes may be nearer. Behind several ReLUs our intervals start from the
    /// values that CROWN has bounded already, auto_LiRPA's from the image, which shows in the residual network by some 0.0001.
    /// </summary>
    [Theory, MemberData(nameof(Cases))]
    public void Margins_AreThoseOfAutoLirpa_OrTighterBehindPoolingAndManyReLUs(GoldenCase c)
    {
        double Tighter(BoundMethod method) => (c.Network, method) switch
        {
            ("pooled", not BoundMethod.IBP) => double.PositiveInfinity,
            ("residual", BoundMethod.CROWN) => 2e-4,
            _ => 1e-5,
        };
        using var model = Network(c.Network);
        manual_seed(Certified.ImageSeed);
        var data = new TensorSet(rand(4, c.Network == "normalized" ? 2 : 1, 8, 8), Labels(c.Labels));
        var expected = new Dictionary<BoundMethod, double[]>
        {
            [BoundMethod.IBP] = c.Ibp, [BoundMethod.CrownIBP] = c.CrownIbp, [BoundMethod.CROWN] = c.Crown,
        };

        Assert.All(Enum.GetValues<BoundMethod>(), last =>
        {
            var certificates = Certificates.Of(model, data, c.Eps, last);

            Assert.All(Enumerable.Range(0, 4), i => Assert.InRange(
                certificates.Margins[i] - expected[certificates.Methods[i]][i], -1e-5, Tighter(certificates.Methods[i])));
        });
    }
}
