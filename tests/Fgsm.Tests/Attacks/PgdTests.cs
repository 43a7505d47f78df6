using Fgsm.Attacks;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class PgdTests
{
    private readonly Sequential model = TinyModels.SmallCnn();
    private readonly Tensor x = rand(6, 1, 8, 8);
    private readonly Tensor y = Labels(3, 1, 4, 1, 5, 9);

    [Theory]
    [InlineData(8 / 255.0, 2 / 255.0, 10, true)]
    [InlineData(0.3, 0.01, 40, true)]
    [InlineData(0.3, 0.2, 5, false)]
    [InlineData(1, 0.5, 3, true)]
    public void Attack_StaysWithinEpsOfTheImage_AndWithinTheBounds(double eps, double alpha, int steps, bool randomStart)
    {
        var (pixels, adversarial) = (x.Floats(), new PGD(eps, alpha, steps, randomStart).Attack(model, x, y).Floats());

        // x + eps is rounded to float32: below 2 that is off by 2^-24 at most.
        Assert.All(pixels.Zip(adversarial), p => Assert.InRange(Math.Abs((double)p.Second - p.First), 0, eps + Math.Pow(2, -23)));
        Assert.All(adversarial, p => Assert.InRange(p, 0, 1));
        Assert.Contains(pixels.Zip(adversarial), p => Math.Abs(p.Second - p.First) > Math.Min(eps, 0.9) - 1e-6);
    }

    /// <summary>But for the rounding of x + eps, which carries FGSM past eps and PGD not.</summary>
    [Fact]
    public void Attack_OfOneStepFromTheImage_IsFgsm()
    {
        var (one, fgsm) = (new PGD(0.1, alpha: 0.1, steps: 1, randomStart: false).Attack(model, x, y), new FGSM(0.1).Attack(model, x, y));

        Assert.All(fgsm.Floats().Zip(one.Floats()), p => Assert.Equal(p.First, p.Second, 6e-8f));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attack_WithZeroEps_ReturnsAnEqualTensorThatIsNotTheInput(bool randomStart)
    {
        var before = x.Bits();

        var adversarial = new PGD(0, 0.1, 3, randomStart).Attack(model, x, y);

        Assert.Equal(before, adversarial.Bits());
        adversarial.zero_();
        Assert.Equal(before, x.Bits());
    }

    /// <summary>The gradient of a linear model with two classes has one sign everywhere: steps add up to the edge of the ball.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Attack_OfALinearModelWithTwoClasses_GoesToTheEdge(long seed)
    {
        manual_seed(seed);
        var (w0, w1, images) = (randn(64).Floats(), randn(64).Floats(), rand(1, 1, 8, 8));
        var pixels = images.Floats();

        var adversarial = new PGD(0.125, alpha: 0.0625, steps: 4).Attack(TinyModels.Linear(w0, w1), images, Labels(0)).Floats();

        Assert.Equal(pixels.Select((p, i) => Math.Clamp(p + 0.125f * MathF.Sign(w1[i] - w0[i]), 0, 1)), adversarial);
    }

    /// <summary>The loss of label 0 is highest at pixel 0.5; FGSM's step from 0.3 by 0.4 flies over it to 0.7, where it is as low as before.</summary>
    [Fact]
    public void Attack_FollowsABendThatFgsmOverflies()
    {
        var (bend, image) = (new Bend(), full([1, 1, 1, 1], 0.3));

        Assert.Equal(0.7f, new FGSM(0.4).Attack(bend, image, Labels(0)).Floats()[0], 1e-6f);
        Assert.Equal(0.5f, new PGD(0.4, alpha: 0.1, steps: 2, randomStart: false).Attack(bend, image, Labels(0)).Floats()[0], 1e-6f);
    }

    private sealed class Bend() : nn.Module<Tensor, Tensor>("Bend")
    {
        public override Tensor forward(Tensor input)
        {
            var pixel = input.flatten(1);
            return cat([pixel * 0, (pixel - 0.5).square() * -10], 1);
        }
    }

    /// <summary>PyTorch's empty_like(x).uniform_(-eps, eps): with alpha 0 the start is also the end.</summary>
    [Fact]
    public void RandomStart_ComesFromTorchsGenerator()
    {
        manual_seed(11);
        var start = (x + empty_like(x).uniform_(-0.2, 0.2)).clamp(0, 1).Floats();

        manual_seed(11);
        var adversarial = new PGD(0.2, alpha: 0, steps: 1).Attack(model, x, y).Floats();

        Assert.All(start.Zip(adversarial), p => Assert.Equal(p.First, p.Second, 1e-6f));
    }

    [Fact]
    public void Attack_FromTheSameSeed_GivesTheSameBits_AndFromAnotherOthers()
    {
        int[] From(long seed)
        {
            manual_seed(seed);
            return new PGD(0.1, 0.03, 5).Attack(model, x, y).Bits();
        }

        Assert.Equal(From(1), From(1));
        Assert.NotEqual(From(1), From(2));
    }

    [Fact]
    public void Attack_WithoutRandomStart_DrawsNoRandomNumbers_AndRunsTheModelInEvalMode()
    {
        var recorder = new Recorder(TinyModels.WithDropout());
        manual_seed(5);
        var (images, next) = (rand(3, 1, 4, 4), rand(4).Bits());

        manual_seed(5);
        images = rand(3, 1, 4, 4);
        new PGD(0.1, 0.05, 3, randomStart: false).Attack(recorder, images, Labels(0, 1, 0));

        Assert.Equal(next, rand(4).Bits());
        Assert.Equal(3, recorder.Calls.Count);
        Assert.All(recorder.Calls, call => Assert.False(call.Training));
        Assert.DoesNotContain(false, recorder.Modes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attack_NeverWritesIntoImagesOrLabels_NorIntoTheModel(bool training)
    {
        model.train(training);
        var (images, labels) = (rand(10, 1, 8, 8), Labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        var (before, weights) = (images.Bits(), model.Weights());

        var adversarial = new PGD(0.1, 0.05, 3).Attack(model, images[2..8], labels[2..8]);

        Assert.Equal([6L, 1, 8, 8], adversarial.shape);
        Assert.False(adversarial.requires_grad);
        adversarial.zero_();
        Assert.Equal(before, images.Bits());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], labels.data<long>().ToArray());
        Assert.Equal(weights, model.Weights());
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
        Assert.DoesNotContain(!training, model.Modes());
    }

    [Fact]
    public void Attack_LeavesOneTensorInTheScope_TheResult()
    {
        using var scope = NewDisposeScope();

        var adversarial = new PGD(0.1, 0.05, 3).Attack(model, x, y);

        Assert.Equal(1, scope.DisposablesCount);
        Assert.False(adversarial.IsInvalid);
    }

    [Fact]
    public void Attack_OfNoImages_GivesNoImages() =>
        Assert.Equal([0L, 1, 8, 8], new PGD(0.1, 0.05, 3).Attack(model, x[..0], y[..0]).shape);

    public sealed record GoldenCase(double Eps, double Alpha, int Steps, bool RandomStart, byte[] Adversarial);

    public sealed record GoldenPgd(long ModelSeed, long ImageSeed, long StartSeed, long[] Labels, GoldenCase[] Cases);

    /// <summary>A gradient that is 0 but for rounding may have either sign, and a pixel that went the other way may end elsewhere: one in a hundred may.</summary>
    [Fact]
    public void Attack_GivesPyTorchsAdversarialImages()
    {
        var golden = Golden.Read<GoldenPgd>("pgd.json");
        var cnn = TinyModels.SmallCnn(golden.ModelSeed);
        manual_seed(golden.ImageSeed);
        var (images, labels) = (rand(6, 1, 8, 8), Labels(golden.Labels));

        Assert.Equal(4, golden.Cases.Length);
        foreach (var (eps, alpha, steps, randomStart, data) in golden.Cases)
        {
            manual_seed(golden.StartSeed);
            var (expected, actual) = (Golden.Floats(data), new PGD(eps, alpha, steps, randomStart).Attack(cnn, images, labels).Floats());
            Assert.Equal(expected.Length, actual.Length);
            Assert.InRange(expected.Zip(actual).Count(p => Math.Abs(p.First - p.Second) > 1e-5), 0, expected.Length / 100);
        }
    }

    [Theory]
    [InlineData(-0.1, 0.1, "eps")]
    [InlineData(double.NaN, 0.1, "eps")]
    [InlineData(0.1, -1, "alpha")]
    [InlineData(0.1, double.PositiveInfinity, "alpha")]
    [InlineData(0.1, 1e300, "alpha")] // infinite in float32
    public void Constructor_EpsOrAlphaThatIsNotFiniteAndNotNegative_Throws(double eps, double alpha, string what) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new PGD(eps, alpha, 10)), "PGD", what, "0 or more");

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Constructor_WithoutSteps_Throws(int steps) =>
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new PGD(0.1, 0.1, steps)), "PGD", "steps", $"got {steps}");

    [Fact]
    public void Attack_OfBadPixelsLabelsOrShapes_Throws()
    {
        var pgd = new PGD(0.1, 0.05, 3);

        AssertOneLine(Assert.Throws<ArgumentException>(() => pgd.Attack(model, x * 255, y)), "pixels", "bounds 0 to 1");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => pgd.Attack(model, x, Labels(3, 1, 4, 1, 5, 10))), "label 10", "10 classes");
        AssertOneLine(Assert.Throws<ArgumentException>(() => pgd.Attack(model, x, Labels(3))), "PGD", "Int64 [1]");
        Assert.DoesNotContain(false, model.Modes());
    }

    [Fact]
    public void ToString_NamesEveryHyperParameter() =>
        Assert.Equal("PGD(eps: 0.3, alpha: 0.01, steps: 40, randomStart: True, bounds: [0, 1])", new PGD(0.3, 0.01, 40).ToString());
}
