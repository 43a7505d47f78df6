using Fgsm.Attacks;
using Fgsm.Models;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class FgsmTests
{
    private readonly Sequential model = TinyModels.SmallCnn();
    private readonly Tensor x = rand(6, 1, 8, 8);
    private readonly Tensor y = Labels(3, 1, 4, 1, 5, 9);

    [Theory]
    [InlineData(0.001)]
    [InlineData(2 / 255.0)]
    [InlineData(8 / 255.0)]
    [InlineData(0.3)]
    public void Attack_MovesEveryPixelByEpsAlongTheSignOfItsGradient_AndClips(double eps)
    {
        var (pixels, gradient) = (x.Floats(), LossGradient.Of(model, x, y).Gradient.Floats());

        var adversarial = new FGSM(eps).Attack(model, x, y).Floats();

        var unclipped = 0;
        for (var i = 0; i < pixels.Length; i++)
        {
            var moved = pixels[i] + (float)eps * MathF.Sign(gradient[i]);
            Assert.Equal(Math.Clamp(moved, 0, 1), adversarial[i]);
            if (gradient[i] == 0 || moved is < 0 or > 1)
                continue;
            unclipped++;
            // The sum is below 1, so float32 rounds it by at most 2^-25.
            Assert.InRange(Math.Abs((double)adversarial[i] - pixels[i]), (float)eps - Math.Pow(2, -25), (float)eps + Math.Pow(2, -25));
        }
        Assert.InRange(unclipped, pixels.Length / 2, pixels.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attack_WithZeroEps_ReturnsAnEqualTensorThatIsNotTheInput(bool targeted)
    {
        var before = x.Bits();

        var adversarial = new FGSM(0, targeted).Attack(model, x, y);

        Assert.Equal(before, adversarial.Bits());
        adversarial.zero_();
        Assert.Equal(before, x.Bits());
    }

    [Fact]
    public void Attack_LeavesPixelsWithoutGradientAlone()
    {
        var ignoresEveryThird = TinyModels.Linear([.. Enumerable.Range(0, 64).Select(i => i % 3 == 0 ? 0 : 0.1f * (i % 5 + 1))], new float[64]);
        var labels = Labels(0, 1, 0, 1, 1, 0);

        foreach (var targeted in new[] { false, true })
        {
            var (before, after) = (x.Bits(), new FGSM(0.3, targeted).Attack(ignoresEveryThird, x, labels).Bits());
            Assert.All(Enumerable.Range(0, before.Length), i => Assert.Equal(i % 64 % 3 == 0, before[i] == after[i]));
        }
    }

    [Fact]
    public void Attack_NeverWritesIntoImagesOrLabels_NorAroundAView()
    {
        var (images, labels) = (rand(10, 1, 8, 8), Labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        var (before, view) = (images.Bits(), images[2..8]);

        var adversarial = new FGSM(0.1).Attack(model, view, labels[2..8]);

        Assert.NotEqual(view.Bits(), adversarial.Bits());
        Assert.False(view.requires_grad);
        adversarial.zero_();
        Assert.Equal(before, images.Bits());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], labels.data<long>().ToArray());
        Assert.False(images.requires_grad);
    }

    [Fact]
    public void Attack_OnAViewInTheMiddleOfATensor_AttacksThoseImages()
    {
        var copy = tensor(x[2..5].Floats(), [3, 1, 8, 8]);

        Assert.Equal(new FGSM(0.1).Attack(model, copy, Labels(4, 1, 5)).Bits(), new FGSM(0.1).Attack(model, x[2..5], y[2..5]).Bits());
    }

    [Fact]
    public void Attack_OfImagesThatRequireAGradient_LeavesTheirGradientAlone_AndItsResultRequiresNone()
    {
        x.requires_grad = true;

        var adversarial = new FGSM(0.1).Attack(model, x, y);

        Assert.False(adversarial.requires_grad);
        Assert.Null(x.grad);
        Assert.True(x.requires_grad);
    }

    [Fact]
    public void Attack_LeavesOneTensorInTheScope_TheResult()
    {
        using var scope = NewDisposeScope();

        var adversarial = new FGSM(0.1).Attack(model, x, y);

        Assert.Equal(1, scope.DisposablesCount);
        Assert.False(adversarial.IsInvalid);
    }

    [Fact]
    public void Attack_InsideNoGrad_GivesTheSame()
    {
        var expected = new FGSM(0.1).Attack(model, x, y).Bits();

        using var grad = no_grad();

        Assert.Equal(expected, new FGSM(0.1).Attack(model, x, y).Bits());
        Assert.False(is_grad_enabled());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attack_LeavesModeWeightsAndGradientsOfTheModel(bool training)
    {
        model.train(training);
        var weights = model.Weights();

        new FGSM(0.1).Attack(model, x, y);
        Assert.All(model.parameters(), p => Assert.Null(p.grad));

        nn.functional.cross_entropy(model.call(x), y).backward();
        var gradients = model.parameters().Select(p => p.grad!.Sha256()).ToArray();
        new FGSM(0.1).Attack(model, x, y);

        Assert.Equal(gradients, model.parameters().Select(p => p.grad!.Sha256()));
        Assert.Equal(weights, model.Weights());
        Assert.DoesNotContain(!training, model.Modes());
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Attack_RunsTheModelInEvalMode_AndDrawsNoRandomNumbers()
    {
        var recorder = new Recorder(TinyModels.WithDropout());
        var images = rand(3, 1, 4, 4);
        manual_seed(5);
        var next = rand(4).Bits();

        manual_seed(5);
        new FGSM(0.1).Attack(recorder, images, Labels(0, 1, 0));

        Assert.Equal(next, rand(4).Bits());
        Assert.Single(recorder.Calls);
        Assert.False(recorder.Calls[0].Training);
        Assert.True(recorder.training);
    }

    [Fact]
    public void Attack_ThatFails_LeavesTheModelInItsMode()
    {
        Assert.ThrowsAny<Exception>(() => new FGSM(0.1).Attack(model, rand(2, 1, 5, 5), Labels(0, 1)));

        Assert.DoesNotContain(false, model.Modes());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 255)]
    [InlineData(-0.4242, 2.8215)]
    public void Attack_StaysWithinTheBounds_AndReachesThem(double min, double max)
    {
        var images = x * (max - min) + min;
        images = images.clamp(min, max);
        var eps = (max - min) / 4;

        var adversarial = new FGSM(eps) { Bounds = new Bounds(min, max) }.Attack(model, images, y).Floats();

        Assert.All(adversarial, p => Assert.InRange(p, (float)min, (float)max));
        Assert.Contains((float)min, adversarial);
        Assert.Contains((float)max, adversarial);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    public void Attack_Targeted_GoesTheOppositeWay(double eps)
    {
        var (pixels, gradient) = (x.Floats(), LossGradient.Of(model, x, y).Gradient.Floats());

        var adversarial = new FGSM(eps, targeted: true).Attack(model, x, y).Floats();

        Assert.Equal(pixels.Zip(gradient, (p, g) => Math.Clamp(p - (float)eps * MathF.Sign(g), 0, 1)), adversarial);
    }

    /// <summary>The loss of a linear model is convex, so any step along the gradient's sign raises it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Attack_OfALinearModel_RaisesTheLossOfTheLabel_AndTargetedLowersTheTargets(long seed)
    {
        manual_seed(seed);
        var linear = nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(64, 10)));
        var images = rand(6, 1, 8, 8) * 0.5 + 0.25;
        float[] Losses(Tensor of) => nn.functional.cross_entropy(linear.call(of), y, reduction: nn.Reduction.None).Floats();

        var (clean, away, towards) = (Losses(images), Losses(new FGSM(0.02).Attack(linear, images, y)), Losses(new FGSM(0.02, targeted: true).Attack(linear, images, y)));

        for (var i = 0; i < clean.Length; i++)
        {
            Assert.True(away[i] > clean[i], $"image {i}: the loss went from {clean[i]} to {away[i]}");
            Assert.True(towards[i] < clean[i], $"image {i}: the target's loss went from {clean[i]} to {towards[i]}");
        }
    }

    /// <summary>With two classes the gradient for label 0 is p1 (w1 - w0), for label 1 p0 (w0 - w1): its sign needs no model.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Attack_OfALinearModelWithTwoClasses_IsTheClosedForm(long seed)
    {
        manual_seed(seed);
        var (w0, w1, images) = (randn(64).Floats(), randn(64).Floats(), rand(2, 1, 8, 8));
        var pixels = images.Floats();

        var adversarial = new FGSM(0.1).Attack(TinyModels.Linear(w0, w1), images, Labels(0, 1)).Floats();

        for (var i = 0; i < 64; i++)
        {
            Assert.Equal(Math.Clamp(pixels[i] + 0.1f * MathF.Sign(w1[i] - w0[i]), 0, 1), adversarial[i]);
            Assert.Equal(Math.Clamp(pixels[64 + i] + 0.1f * MathF.Sign(w0[i] - w1[i]), 0, 1), adversarial[64 + i]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Attack_OfAnImage_DoesNotDependOnTheRestOfTheBatch(int size)
    {
        var (images, labels) = (rand(23, 1, 8, 8), Labels([.. Enumerable.Range(0, 23).Select(i => i % 10L)]));
        var (whole, gradient) = (new FGSM(0.1).Attack(model, images, labels).Bits(), LossGradient.Of(model, images, labels).Gradient.Floats());

        var starts = Enumerable.Range(0, 23).Where(i => i % size == 0).ToList();

        Assert.Equal(whole, starts.SelectMany(s => new FGSM(0.1).Attack(model, images[s..Math.Min(23, s + size)], labels[s..Math.Min(23, s + size)]).Bits()));
        Engine.AssertSame(gradient, [.. starts.SelectMany(s => LossGradient.Of(model, images[s..Math.Min(23, s + size)], labels[s..Math.Min(23, s + size)]).Gradient.Floats())]);
    }

    [Fact]
    public void Attack_OfReportBsCnn_DoesNotDependOnTheRestOfTheBatch()
    {
        manual_seed(42);
        using var cnn = Cnn.ReportB();
        var (images, labels) = (rand(9, 1, 28, 28).to(Compute.Device), Labels(0, 1, 2, 3, 4, 5, 6, 7, 8).to(Compute.Device));

        var whole = LossGradient.Of(cnn, images, labels);
        var (first, second) = (LossGradient.Of(cnn, images[..4], labels[..4]), LossGradient.Of(cnn, images[4..], labels[4..]));

        Engine.AssertSame(whole.Logits.Floats(), [.. first.Logits.Floats(), .. second.Logits.Floats()]);
        Engine.AssertSame(whole.Gradient.Floats(), [.. first.Gradient.Floats(), .. second.Gradient.Floats()]);
    }

    [Fact]
    public void Attack_OfNoImages_GivesNoImages() =>
        Assert.Equal([0L, 1, 8, 8], new FGSM(0.1).Attack(model, x[..0], y[..0]).shape);

    public sealed record GoldenCase(double Eps, bool Targeted, byte[] Adversarial);

    public sealed record GoldenFgsm(long ModelSeed, long ImageSeed, long[] Labels, byte[] Gradient, GoldenCase[] Cases);

    [Fact]
    public void Attack_GivesPyTorchsAdversarialImages()
    {
        var golden = Golden.Read<GoldenFgsm>("fgsm.json");
        var cnn = TinyModels.SmallCnn(golden.ModelSeed);
        manual_seed(golden.ImageSeed);
        var (images, labels, gradient) = (rand(6, 1, 8, 8), Labels(golden.Labels), Golden.Floats(golden.Gradient));
        // Float32 sums of a few terms are off by some 1e-7 of the largest; below this the sign is noise.
        var noise = 1e-5f * gradient.Max(MathF.Abs);

        var own = LossGradient.Of(cnn, images, labels).Gradient.Floats();
        Assert.Equal(gradient.Length, own.Length);
        Assert.All(gradient.Zip(own), g => Assert.Equal(g.First, g.Second, noise));

        foreach (var (eps, targeted, data) in golden.Cases)
        {
            var (expected, actual) = (Golden.Floats(data), new FGSM(eps, targeted).Attack(cnn, images, labels).Floats());
            for (var i = 0; i < expected.Length; i++)
                if (MathF.Abs(gradient[i]) > noise)
                    Assert.Equal(expected[i], actual[i]);
        }
        Assert.InRange(gradient.Count(g => MathF.Abs(g) > noise), gradient.Length * 9 / 10, gradient.Length);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)] // infinite in float32
    public void Constructor_EpsThatIsNotFiniteAndNotNegative_Throws(double eps)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new FGSM(eps));

        AssertOneLine(exception, "FGSM", "eps", "0 or more", FormattableString.Invariant($"got {eps}"));
    }

    [Theory]
    [InlineData(-0.001f)]
    [InlineData(1.001f)]
    [InlineData(255f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Attack_OfPixelsOutsideTheBounds_Throws(float pixel)
    {
        var pixels = x.Floats();
        pixels[200] = pixel;

        var exception = Assert.Throws<ArgumentException>(() => new FGSM(0.1).Attack(model, tensor(pixels, [6, 1, 8, 8]), y));

        AssertOneLine(exception, "pixels", FormattableString.Invariant($"{pixel}"), "bounds 0 to 1");
    }

    [Fact]
    public void Attack_OfPixelsWithinTheBoundsItIsGiven_Works() =>
        new FGSM(0.1) { Bounds = new Bounds(-1, 1) }.Attack(model, x * 2 - 1, y);

    [Fact]
    public void Attack_OfPixelsAtTheBounds_Works() => new FGSM(0.1).Attack(model, cat([zeros(1, 1, 8, 8), ones(1, 1, 8, 8)]), Labels(3, 1));

    [Fact]
    public void Attack_OfRowsOfPixels_IsThatOfTheImages()
    {
        var linear = TinyModels.Linear([1, 0, -2, 0], [0, 1, 0, 3]);
        var images = rand(2, 1, 2, 2);

        Assert.Equal(new FGSM(0.1).Attack(linear, images, Labels(0, 1)).Bits(), new FGSM(0.1).Attack(linear, images.reshape(2, 4), Labels(0, 1)).Bits());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-1)]
    [InlineData(-100)] // what PyTorch's cross_entropy ignores
    public void Attack_WithALabelThatIsNotAClass_Throws(long label)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new FGSM(0.1).Attack(model, x, Labels(3, 1, 4, 1, 5, label)));

        AssertOneLine(exception, $"label {label}", "10 classes");
        Assert.DoesNotContain(false, model.Modes());
    }

    public static TheoryData<string, Tensor, Tensor, string, string> WrongInput => new()
    {
        { "float labels", rand(2, 1, 8, 8), zeros(2), "Float32 [2, 1, 8, 8]", "Float32 [2]" },
        { "bool labels", rand(2, 1, 8, 8), tensor(new[] { true, false }), "Float32 [2, 1, 8, 8]", "Bool [2]" },
        { "one-hot labels", rand(2, 1, 8, 8), tensor(new long[20], [2, 10]), "Float32 [2, 1, 8, 8]", "Int64 [2, 10]" },
        { "a column of labels", rand(2, 1, 8, 8), tensor(new long[2], [2, 1]), "Float32 [2, 1, 8, 8]", "Int64 [2, 1]" },
        { "too few labels", rand(2, 1, 8, 8), Labels(0), "Float32 [2, 1, 8, 8]", "Int64 [1]" },
        { "too many labels", rand(2, 1, 8, 8), Labels(0, 1, 2), "Float32 [2, 1, 8, 8]", "Int64 [3]" },
        { "a label for no batch", rand(1, 1, 8, 8), tensor(0L), "Float32 [1, 1, 8, 8]", "Int64 []" },
        { "whole pixels", tensor(new long[128], [2, 1, 8, 8]), Labels(0, 1), "Int64 [2, 1, 8, 8]", "Int64 [2]" },
        { "one dimension", rand(2), Labels(0, 1), "Float32 [2]", "Int64 [2]" },
    };

    [Theory]
    [MemberData(nameof(WrongInput))]
    public void Attack_OfWrongShapesOrTypes_Throws(string what, Tensor images, Tensor labels, string given, string givenLabels)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => new FGSM(0.1).Attack(model, images, labels));

        Assert.NotEmpty(what);
        AssertOneLine(exception, "FGSM", "expected float32 images [N, C, H, W] and int64 labels [N]", given, givenLabels);
    }

    [Fact]
    public void ToString_NamesEveryHyperParameter() =>
        Assert.Equal("FGSM(eps: 0.031373, targeted: True, bounds: [-1, 1])", new FGSM(8 / 255.0, targeted: true) { Bounds = new Bounds(-1, 1) }.ToString());

    [Fact]
    public void Attack_OfASet_IsThatOfItsImagesAndLabels()
    {
        var model = TinyModels.SmallCnn();
        var set = new Data.TensorSet(rand(3, 1, 8, 8), Labels(3, 1, 4));

        Assert.Equal(new FGSM(0.1).Attack(model, set.Images, set.Labels).Bits(), new FGSM(0.1).Attack(model, set).Bits());
    }
}
