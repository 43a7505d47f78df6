using Fgsm.Certified;
using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class IntervalTrainingTests
{
    private readonly TensorSet images = TinyProblem.Images(40);

    private float[] Trained(Objective objective, int epochs)
    {
        var model = TinyModels.WithDropout(1);
        new Trainer(model, optim.SGD(model.parameters(), 0.1, momentum: 0.9), objective) { BatchSize = 8 }.Fit(images, epochs);
        return [.. model.parameters().SelectMany(p => p.Floats())];
    }

    /// <summary>Five batches an epoch: two epochs of warm-up are ordinary training, and the third is not.</summary>
    [Fact]
    public void Warmup_IsOrdinaryTraining_CountedInSteps()
    {
        Assert.Equal(Trained(new CrossEntropy(), 2), Trained(new IntervalTraining(0.1, warmup: 10, ramp: 10), 2));
        Assert.NotEqual(Trained(new CrossEntropy(), 3), Trained(new IntervalTraining(0.1, warmup: 10, ramp: 10), 3));
    }

    /// <summary>Behind the ramp the loss is half that of clean images, half that of the worst logits.</summary>
    [Fact]
    public void TheLoss_IsThatOfTheSchedule()
    {
        var (model, x, y) = (TinyModels.SmallCnn(), rand(6, 1, 8, 8), RandomLabels(6, 10));
        var still = optim.SGD(model.parameters(), 0);
        double Worst(double eps) => nn.functional.cross_entropy(
            IntervalLogits.Worst(model, (x - eps).clamp(0, 1), (x + eps).clamp(0, 1), y), y).ToSingle();
        var clean = nn.functional.cross_entropy(model.call(x), y).ToSingle();
        var objective = new IntervalTraining(0.2, warmup: 1, ramp: 2);

        double[] losses = [.. Enumerable.Range(0, 5).Select(_ => objective.Step(model, still, x, y).Loss)];

        double[] expected = [clean, clean, 0.75 * clean + 0.25 * Worst(0.1), 0.5 * clean + 0.5 * Worst(0.2), 0.5 * clean + 0.5 * Worst(0.2)];
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    /// <summary>Beta falls from 1 to 0 as eps grows: half of CROWN-IBP's worst logits in the middle, none at the end.</summary>
    [Fact]
    public void WithCrown_TheWorstLogitsAreMixedWhileEpsGrows()
    {
        var (model, x, y) = (CertifiedModels.Of("convolution", seed: 6), rand(6, 2, 8, 8), RandomLabels(6, 5));
        var (low, high) = ((x - 0.05).clamp(0, 1), (x + 0.05).clamp(0, 1));
        var objective = new IntervalTraining(0.1, warmup: 0, ramp: 2, kappa: 0, crown: true);
        var still = optim.SGD(model.parameters(), 0);
        var mixed = (LinearLogits.Worst(model, low, high, y) + IntervalLogits.Worst(model, low, high, y)) / 2;
        var last = IntervalLogits.Worst(model, (x - 0.1).clamp(0, 1), (x + 0.1).clamp(0, 1), y);
        var clean = nn.functional.cross_entropy(model.call(x), y).ToSingle();

        double[] losses = [.. Enumerable.Range(0, 3).Select(_ => objective.Step(model, still, x, y).Loss)];

        double[] expected = [clean, 0.5 * clean + 0.5 * nn.functional.cross_entropy(mixed, y).ToSingle(),
            nn.functional.cross_entropy(last, y).ToSingle()];
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    /// <summary>A training that was stopped goes on at its place in the schedule.</summary>
    [Fact]
    public void Reset_GoesToAStepOfTheSchedule()
    {
        var (model, x, y) = (TinyModels.SmallCnn(), rand(6, 1, 8, 8), RandomLabels(6, 10));
        var (objective, still) = (new IntervalTraining(0.2, warmup: 1, ramp: 2), optim.SGD(model.parameters(), 0));
        double[] losses = [.. Enumerable.Range(0, 4).Select(_ => objective.Step(model, still, x, y).Loss)];

        objective.Reset(2);

        Assert.Equal(losses[2], objective.Step(model, still, x, y).Loss);
    }

    [Fact]
    public void Fit_MakesANetworkThatIsCertified()
    {
        var model = TinyModels.WithDropout(1);

        new Trainer(model, optim.SGD(model.parameters(), 0.1, momentum: 0.9), new IntervalTraining(0.1, 20, 50)) { BatchSize = 8 }
            .Fit(images, 30);

        Assert.Equal(100, Certificates.Of(model, images, 0.1, BoundMethod.IBP).Accuracy);
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new IntervalTraining(-0.1, 0, 0)), "eps");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new IntervalTraining(0.1, -1, 0)), "warmup");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new IntervalTraining(0.1, 0, 0, kappa: 2)), "kappa");
    }
}
