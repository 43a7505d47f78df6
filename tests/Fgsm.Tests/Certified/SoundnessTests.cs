using System.Numerics;
using Fgsm.Attacks;
using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

/// <summary>No image within eps leaves the bounds.</summary>
public class SoundnessTests
{
    private const double Eps = 0.05;

    // What float32 may cost the network's own logits, which are below 10 here.
    private const double Rounding = 1e-5;

    public static TheoryData<string> Names => [.. CertifiedModels.Names];

    private static double[] Pixels(LayeredNetwork network, Tensor image) => network.Input.ChannelsLast(image.contiguous().Floats());

    [Theory, MemberData(nameof(Names))]
    public void RandomPointsAndPgd_StayWithinTheBounds(string name)
    {
        var model = CertifiedModels.Of(name, seed: 3);
        model.eval();
        var (x, points) = (rand(1, 2, 8, 8), 10_000);
        var label = (int)model.call(x).argmax(1).item<long>();
        var network = LayeredNetwork.Of(model, x);
        var intervals = new NetworkBounds(network, Box.Around(Pixels(network, x), Eps));
        var linear = new NetworkBounds(network, Box.Around(Pixels(network, x), Eps));
        linear.Tighten(default);
        // Half of them corners of the ball, where a network is at its most extreme.
        var changes = rand(points, 2, 8, 8) * 2 - 1;
        var images = (x + cat([changes[..(points / 2)], changes[(points / 2)..].sign()]) * Eps).clamp(0, 1);
        var attacked = cat([.. Enumerable.Range(0, 5).Select(other =>
            new PGD(Eps, Eps / 4, 20) { Targeted = other != label, Seed = other }.Attack(model, x, Labels(other)))]);

        using var grad = no_grad();
        var logits = model.call(cat([images, attacked])).Floats().Chunk(5).ToList();
        var margins = logits.Select(row => row[label] - row.Where((_, other) => other != label).Max()).ToList();

        Assert.All(new[] { intervals, linear }, bounds =>
        {
            Assert.All(logits, row => Assert.All(row.Index(), logit =>
                Assert.InRange(logit.Item, bounds.Logits.Low[logit.Index] - Rounding, bounds.Logits.High[logit.Index] + Rounding)));
            Assert.InRange(bounds.IntervalMargin(label), double.NegativeInfinity, margins.Min() + Rounding);
            Assert.InRange(bounds.LinearMargin(label), double.NegativeInfinity, margins.Min() + Rounding);
        });
        Assert.True(linear.LinearMargin(label) >= intervals.LinearMargin(label) - 1e-12);
    }

    /// <summary>Not only the logits: every value that goes into a layer, in float64, without any tolerance.</summary>
    [Theory, MemberData(nameof(Names))]
    public void EveryLayersValues_StayWithinTheBounds(string name)
    {
        var model = CertifiedModels.Of(name, seed: 4);
        var x = rand(1, 2, 8, 8);
        var network = LayeredNetwork.Of(model, x);
        var bounds = new NetworkBounds(network, Box.Around(Pixels(network, x), Eps));
        bounds.Tighten(default);

        Assert.All(Enumerable.Range(0, 200), _ =>
        {
            var point = Pixels(network, (x + (rand(1, 2, 8, 8) * 2 - 1).sign() * Eps).clamp(0, 1));
            // The float32 pixel may lie outside the ball by its rounding.
            double[] image = [.. point.Select((p, i) => Math.Clamp(p, bounds.Inputs(0).Low[i], bounds.Inputs(0).High[i]))];
            var exact = new NetworkBounds(network, new(image, image));
            for (var layer = 0; layer <= network.Layers.Count; layer++)
                for (var i = 0; i < exact.Inputs(layer).Low.Length; i++)
                {
                    Assert.True(exact.Inputs(layer).High[i] >= bounds.Inputs(layer).Low[i]);
                    Assert.True(exact.Inputs(layer).Low[i] <= bounds.Inputs(layer).High[i]);
                }
        });
    }

    /// <summary>On linear networks the bounds are algebra: every pixel goes as far against the label as eps and its range let it.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(2)]
    public void OfALinearNetwork_TheBoundsAreAlgebra(double eps)
    {
        manual_seed(1);
        float[][] weights = [.. Enumerable.Range(0, 3).Select(_ => randn(16).Floats())];
        var (model, x) = (TinyModels.Linear(weights), rand(1, 1, 4, 4));
        var label = (int)model.call(x).argmax(1).item<long>();
        var pixels = x.Floats();
        var expected = Enumerable.Range(0, 3).Where(other => other != label).Min(other => Enumerable.Range(0, 16).Sum(i =>
        {
            var weight = (double)weights[label][i] - weights[other][i];
            return weight * (weight > 0 ? Math.Max(0, pixels[i] - eps) : Math.Min(1, pixels[i] + eps));
        }));

        foreach (var method in Enum.GetValues<BoundMethod>())
            Assert.Equal(expected, Certificates.Of(model, new TensorSet(x, Labels(label)), eps, method).Margins[0], 1e-12);
    }

    /// <summary>x + Wx is the linear map I + W, and both branches depend on the same pixels: intervals alone would forget that.</summary>
    [Fact]
    public void OfALinearResidualNetwork_LinearBoundsAreThoseOfOneMatrix()
    {
        manual_seed(2);
        var (first, inner, last) = (nn.Linear(16, 9, hasBias: false), nn.Linear(9, 9, hasBias: false), nn.Linear(9, 3, hasBias: false));
        var model = nn.Sequential(nn.Flatten(), first, new Residual(inner), last);
        var one = nn.Linear(16, 3, hasBias: false);
        using (no_grad())
            one.weight.copy_((last.weight + last.weight.matmul(inner.weight)).matmul(first.weight));
        var x = rand(1, 1, 4, 4);
        double Margin(nn.Module<Tensor, Tensor> of, int label)
        {
            var network = LayeredNetwork.Of(of, x);
            return new NetworkBounds(network, Box.Around(Pixels(network, x), 0.1)).LinearMargin(label);
        }

        Assert.All(Enumerable.Range(0, 3), label =>
            Assert.Equal(Margin(nn.Sequential(nn.Flatten(), one), label), Margin(model, label), 1e-5));
    }

    /// <summary>
    /// Weights that cancel all but their last digits: bounds without an error term are above the exact logits half of the time.
    /// </summary>
    [Fact]
    public void WhereWeightsCancel_TheBoundsAreBelowTheExactMargin()
    {
        var (random, overstated) = (new Random(1), 0);
        for (var trial = 0; trial < 300; trial++)
        {
            float[][] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => Cancelling(random, 6))];
            var (first, second) = (Weights(6), Weights(2));
            var image = Array.ConvertAll(Cancelling(random, 6), v => Math.Abs(v) / (1 << 30));
            var model = nn.Sequential(nn.Flatten(), Layer(first), nn.ReLU(), Layer(second));
            var network = LayeredNetwork.Of(model, zeros(1, 1, 2, 3));
            var pixels = Array.ConvertAll(image, p => (double)p);
            var exact = Exact(second, Array.ConvertAll(Exact(first, Array.ConvertAll(image, Integer)), z => BigInteger.Max(z, 0)));
            var bounds = new NetworkBounds(network, new(pixels, pixels));

            foreach (var margin in new[] { bounds.IntervalMargin(0), bounds.LinearMargin(0) })
                Assert.True(Integer(margin, 3) <= exact[0] - exact[1]);
            var hidden = Array.ConvertAll(first, row => Math.Max(0, row.Zip(pixels, (w, p) => w * p).Sum()));
            var rounded = second[0].Zip(hidden, (w, h) => w * h).Sum() - second[1].Zip(hidden, (w, h) => w * h).Sum();
            overstated += Integer(rounded, 3) > exact[0] - exact[1] ? 1 : 0;
        }
        Assert.InRange(overstated, 30, 300);
    }

    private static float[] Cancelling(Random random, int count)
    {
        var large = MathF.ScaleB(random.NextSingle() + 1, random.Next(30));
        return [.. Enumerable.Range(0, count / 2).SelectMany(_ => new[] { large, MathF.BitIncrement(-large) })
            .Select(v => random.Next(4) == 0 ? random.NextSingle() : v)];
    }

    private static Linear Layer(float[][] weights)
    {
        var layer = nn.Linear(weights[0].Length, weights.Length, hasBias: false);
        using var grad = no_grad();
        layer.weight.copy_(tensor(weights.SelectMany(row => row).ToArray(), [weights.Length, weights[0].Length]));
        return layer;
    }

    // Numbers as multiples of 2^-100, products of n of them as multiples of 2^(-100n).
    private static BigInteger Integer(float value) => Integer(value, 1);

    private static BigInteger Integer(double value, int products)
    {
        var (bits, shift) = (BitConverter.DoubleToInt64Bits(value), 100 * products);
        var exponent = (int)(bits >> 52 & 0x7FF) - 1075;
        var mantissa = new BigInteger((bits & ((1L << 52) - 1)) | 1L << 52) * Math.Sign(value);
        // What is cut off here is far below any rounding, and towards minus infinity as it must be for a lower bound.
        return exponent + shift >= 0 ? mantissa << (exponent + shift) : mantissa >> -(exponent + shift);
    }

    private static BigInteger[] Exact(float[][] weights, BigInteger[] values) =>
        Array.ConvertAll(weights, row => row.Zip(values, (w, v) => Integer(w) * v).Aggregate(BigInteger.Add));
}
