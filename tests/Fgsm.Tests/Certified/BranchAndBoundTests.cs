using Fgsm.Certified;
using Fgsm.Data;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

/// <summary>
/// Networks of twelve ReLUs on two pixels. In each of the 4,096 patterns of active ReLUs logits are affine and the pattern's region is a
/// polygon, so that the least margin is at one of its corners, and all corners can be tried.
/// </summary>
public class BranchAndBoundTests
{
    private const double Eps = 0.3;

    public static TheoryData<int, bool> Networks => new()
    {
        { 1, false }, { 2, false }, { 3, false }, { 1, true }, { 2, true }, { 3, true },
    };

    /// <summary>Twelve ReLUs in one layer, or six in each of two.</summary>
    private static (Sequential Model, List<(double[][] Weights, double[] Bias)> Layers) Network(long seed, bool deep)
    {
        manual_seed(seed);
        Linear[] linear = deep ? [nn.Linear(2, 6), nn.Linear(6, 6), nn.Linear(6, 3)] : [nn.Linear(2, 12), nn.Linear(12, 3)];
        using (no_grad())
            foreach (var layer in linear)
                layer.weight.copy_(layer.weight * 2);
        var model = nn.Sequential(nn.Flatten(), linear[0], nn.ReLU(), linear[1]);
        if (deep)
            model = nn.Sequential(model, nn.ReLU(), linear[2]);
        double[] Doubles(Tensor tensor) => Array.ConvertAll(tensor.detach().Floats(), v => (double)v);
        return (model, [.. linear.Select(l => (Doubles(l.weight).Chunk((int)l.in_features).ToArray(), Doubles(l.bias!)))]);
    }

    private static double[] Apply((double[][] Weights, double[] Bias) layer, double[] x) =>
        [.. layer.Weights.Select((row, o) => row.Zip(x, (w, v) => w * v).Sum() + layer.Bias[o])];

    private static double Margin(List<(double[][], double[])> layers, double[] x, int label)
    {
        foreach (var layer in layers[..^1])
            x = Array.ConvertAll(Apply(layer, x), v => Math.Max(0, v));
        var logits = Apply(layers[^1], x);
        return logits[label] - logits.Where((_, other) => other != label).Max();
    }

    /// <summary>The least margin within eps, from all corners of all patterns' regions.</summary>
    private static double BruteForce(List<(double[][] Weights, double[] Bias)> layers, double[] image, double eps, int label)
    {
        var least = double.PositiveInfinity;
        for (var pattern = 0; pattern < 1 << 12; pattern++)
        {
            // Lines a * x + b * y + c = 0: where a ReLU of this pattern turns, where two classes' logits are equal, and the box's sides.
            List<double[]> lines = [];
            foreach (var (i, pixel) in image.Index())
                foreach (var end in new[] { Math.Max(0, pixel - eps), Math.Min(1, pixel + eps) })
                    lines.Add(i == 0 ? [1, 0, -end] : [0, 1, -end]);
            double[][] values = [[1, 0, 0], [0, 1, 0]];
            foreach (var (depth, (weights, bias)) in layers.Index())
            {
                values = [.. weights.Select((row, o) => Enumerable.Range(0, 3)
                    .Select(k => row.Zip(values, (w, v) => w * v[k]).Sum() + (k == 2 ? bias[o] : 0)).ToArray())];
                if (depth == layers.Count - 1)
                    break;
                lines.AddRange(values);
                values = [.. values.Select((v, o) => (pattern >> (depth * 6 + o) & 1) == 1 ? v : new double[3])];
            }
            lines.Add([.. values[(label + 1) % 3].Zip(values[(label + 2) % 3], (a, b) => a - b)]);
            // Whether the pattern is another's is of no matter: every point's margin is computed by the network itself.
            for (var i = 0; i < lines.Count; i++)
                for (var j = 0; j < i; j++)
                {
                    var determinant = lines[i][0] * lines[j][1] - lines[i][1] * lines[j][0];
                    double Corner(int a, int b) => (lines[i][a] * lines[j][b] - lines[i][b] * lines[j][a]) / determinant;
                    double[] x = [Corner(1, 2), Corner(2, 0)];
                    if (Enumerable.Range(0, 2).All(k => Math.Abs(x[k] - image[k]) <= eps + 1e-12 && x[k] >= -1e-12 && x[k] <= 1 + 1e-12))
                        least = Math.Min(least, Margin(layers, x, label));
                }
        }
        return least;
    }

    [Theory, MemberData(nameof(Networks))]
    public void Bounds_AreNeverAboveBruteForce(int seed, bool deep)
    {
        var (model, layers) = Network(seed, deep);
        double[] image = [0.4, 0.6];
        var label = (int)model.call(tensor([0.4f, 0.6f], [1, 1, 1, 2])).argmax(1).item<long>();
        var network = LayeredNetwork.Of(model, zeros(1, 1, 1, 2));

        var least = BruteForce(layers, image, Eps, label);

        var bounds = new NetworkBounds(network, Box.Around(image, Eps));
        Assert.True(bounds.IntervalMargin(label) <= least);
        Assert.True(bounds.LinearMargin(label) <= least);
        bounds.Tighten(default);
        Assert.True(bounds.LinearMargin(label) <= least);
    }

    /// <summary>The smallest eps is where brute force's least margin becomes 0.</summary>
    [Theory, MemberData(nameof(Networks))]
    public void TheSmallestEps_IsThatOfBruteForce(int seed, bool deep)
    {
        var (model, layers) = Network(seed, deep);
        var x = tensor([0.4f, 0.6f], [1, 1, 1, 2]);
        var label = model.call(x).argmax(1);
        double[] image = [0.4f, 0.6f];

        var bracket = EpsBracket.Search(model, new TensorSet(x, label), resolution: 1e-6);

        Assert.True(bracket.Low[0] > 0);
        Assert.True(BruteForce(layers, image, bracket.Low[0], (int)label.item<long>()) > 0);
        if (double.IsInfinity(bracket.High[0]))
            Assert.InRange(bracket.Low[0], 1 - 2e-6, 1);
        else
        {
            Assert.InRange(bracket.High[0] - bracket.Low[0], 0, 1e-6);
            Assert.True(BruteForce(layers, image, bracket.High[0], (int)label.item<long>()) <= 1e-12);
        }
    }

    [Fact]
    public void TheBracket_NarrowsWithTheNodeLimit_AndOneNodeIsCrown()
    {
        var model = CertifiedModels.Of("nested", seed: 5);
        model.eval();
        var x = rand(6, 2, 8, 8);
        var data = new TensorSet(x, model.call(x).argmax(1));

        EpsBracket Search(int nodeLimit) => EpsBracket.Search(model, data, resolution: 1e-4, nodeLimit: nodeLimit);

        var (crown, more) = (Search(1), Search(40));

        Assert.All(Enumerable.Range(0, 6), i =>
        {
            Assert.InRange(crown.Low[i], 0, more.Low[i]);
            Assert.True(more.Low[i] < more.High[i] && more.High[i] <= crown.High[i]);
            Assert.True(Certificates.Of(model, data[i], crown.Low[i]).IsCertified(0));
        });
        Assert.Contains(crown.Low, low => low > 0.01);
        Assert.True(more.Low.Sum() > crown.Low.Sum());
    }

    [Fact]
    public void AWrongImage_HasTheBracketZero()
    {
        var model = CertifiedModels.Of("linear", seed: 5);
        var x = rand(1, 2, 8, 8);
        var wrong = new TensorSet(x, Labels((model.call(x).argmax(1).item<long>() + 1) % 5));

        var bracket = EpsBracket.Search(model, wrong);

        Assert.Equal((0, 0, 0), (bracket.Low[0], bracket.High[0], bracket.Nodes[0]));
        Assert.Equal(0.0, bracket.ToDataFrame()["high"][0]);
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        var (model, data) = (CertifiedModels.Of("linear", seed: 5), new TensorSet(rand(1, 2, 8, 8), Labels(0)));

        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => EpsBracket.Search(model, data, resolution: 0)), "resolution");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => EpsBracket.Search(model, data, nodeLimit: 0)), "nodeLimit");
    }
}
