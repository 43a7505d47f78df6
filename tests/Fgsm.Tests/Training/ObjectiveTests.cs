using Fgsm.Attacks;
using Fgsm.Evaluation;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class ObjectiveTests
{
    private const double Eps = 0.1;

    public sealed record GoldenCase(string Name, double Loss, byte[] Weights);

    public sealed record GoldenObjectives(long ModelSeed, long TeacherSeed, long ImageSeed, long StartSeed, long[] Labels, GoldenCase[] Cases);

    private static Objective Of(string name, long teacher) => name switch
    {
        "label_smoothing" => new CrossEntropy { LabelSmoothing = 0.1 },
        "fgsm_rs" => new AdversarialExamples(new FGSMRS(Eps), share: 1),
        "fgsm_rs_mnist" => new AdversarialExamples(new FGSMRS(Eps) { StartsWithinBounds = false }, share: 1),
        "n_fgsm" => new AdversarialExamples(new NFGSM(Eps), share: 1),
        "trades" => new Trades(Eps, beta: 6, steps: 3),
        "distillation" => new Distillation(20, TinyModels.SmallCnn(teacher)),
        "free" => new FreeTraining(Eps, replays: 3),
        _ => throw new ArgumentException(name),
    };

    public static TheoryData<string> Names => ["label_smoothing", "fgsm_rs", "fgsm_rs_mnist", "n_fgsm", "trades", "distillation", "free"];

    [Theory]
    [MemberData(nameof(Names))]
    public void AStep_GivesPyTorchsLossAndWeights(string name)
    {
        var golden = Golden.Read<GoldenObjectives>("objectives.json");
        var (_, expectedLoss, weights) = golden.Cases.Single(c => c.Name == name);
        var objective = Of(name, golden.TeacherSeed);
        var model = TinyModels.SmallCnn(golden.ModelSeed);
        manual_seed(golden.ImageSeed);
        var (x, y) = (rand(6, 1, 8, 8), Labels(golden.Labels));

        manual_seed(golden.StartSeed);
        var (loss, _) = objective.Step(model, optim.SGD(model.parameters(), 0.1), x, y);

        Assert.Equal(expectedLoss, loss, 2e-6);
        float[] ours = [.. model.parameters().SelectMany(p => p.Floats())];
        Assert.All(Golden.Floats(weights).Zip(ours), w => Assert.Equal(w.First, w.Second, 2e-6f));
    }

    [Fact]
    public void FgsmRs_IsOneStepOfPgdFromARandomPlace()
    {
        var (model, x, y) = (TinyModels.SmallCnn(), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        // PGD keeps within eps to the last bit, FGSM-RS rounds as its formula does.
        Assert.All(
            new PGD(Eps, 1.25 * Eps, 1) { Seed = 1 }.Attack(model, x, y).Floats()
                .Zip(new FGSMRS(Eps) { Seed = 1 }.Attack(model, x, y).Floats()),
            p => Assert.Equal(p.First, p.Second, 1e-7f));
    }

    [Fact]
    public void NFgsm_MayExceedEps_ButNotThreeTimesIt_AndStaysWithinTheBounds()
    {
        var (model, x, y) = (TinyModels.SmallCnn(), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        var adversarial = new NFGSM(Eps).Attack(model, x, y);

        Assert.InRange((adversarial - x).abs().max().item<float>(), 1.5f * (float)Eps, 3 * (float)Eps + 1e-6f);
        Assert.All(adversarial.Floats(), p => Assert.InRange(p, 0, 1));
    }

    /// <summary>With a label for every class at once nothing can be fitted: the loss of the even label is the mean over all labels.</summary>
    [Fact]
    public void LabelSmoothingOf1_IsTheMeanLossOverAllLabels()
    {
        var (model, x) = (TinyModels.SmallCnn(), rand(1, 1, 8, 8));
        var every = Enumerable.Range(0, 10).Average(c => nn.functional.cross_entropy(model.call(x), Labels(c)).ToSingle());

        var (loss, _) = new CrossEntropy { LabelSmoothing = 1 }.Step(model, optim.SGD(model.parameters(), 0), x, Labels(3));

        Assert.Equal(every, loss, 1e-5);
    }

    /// <summary>A teacher's soft labels: where student and teacher are one network the gradient is 0, and nothing moves.</summary>
    [Fact]
    public void Distillation_FromItself_MovesNothing()
    {
        var (model, same) = (TinyModels.SmallCnn(), TinyModels.SmallCnn());
        var before = model.parameters().SelectMany(p => p.Floats()).ToArray();

        new Distillation(5, same).Step(model, optim.SGD(model.parameters(), 1), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        Assert.All(before.Zip(model.parameters().SelectMany(p => p.Floats())), w => Assert.Equal(w.First, w.Second, 1e-6f));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AStep_LeavesTheTeacherAndTheModelsModeAsTheyWere(string name)
    {
        var (model, recorder) = (TinyModels.SmallCnn(), TinyModels.SmallCnn(seed: 9));
        var objective = name == "distillation" ? new Distillation(20, recorder) : Of(name, 9);
        model.train();
        recorder.train();
        var before = recorder.Weights();

        objective.Step(model, optim.SGD(model.parameters(), 0.1), rand(4, 1, 8, 8), Labels(0, 1, 2, 3));

        Assert.Equal(before, recorder.Weights());
        Assert.All(model.Modes().Concat(recorder.Modes()), Assert.True);
        Assert.All(recorder.parameters(), p => Assert.Null(p.grad));
    }

    /// <summary>Every objective makes the tiny problem's accuracy perfect.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_Learns(string name)
    {
        var data = TinyProblem.Images(40);
        var objective = name switch
        {
            "distillation" => new Distillation(2),
            "trades" => new Trades(0.02, beta: 1, steps: 2),
            "free" => new FreeTraining(0.02, replays: 2),
            "n_fgsm" => new AdversarialExamples(new NFGSM(0.02), share: 1),
            "fgsm_rs" => new AdversarialExamples(new FGSMRS(0.02), share: 1),
            "fgsm_rs_mnist" => new AdversarialExamples(new FGSMRS(0.02) { StartsWithinBounds = false }, share: 1),
            _ => Of(name, 1),
        };
        var model = TinyModels.WithDropout(1);

        new Trainer(model, optim.SGD(model.parameters(), 0.1, momentum: 0.9), objective) { BatchSize = 8 }.Fit(data, 15);

        Assert.Equal(100, Predictions.Of(model, data).Accuracy);
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new Trades(0.1, beta: -1)), "Trades", "beta");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new Trades(-0.1)), "eps");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new FreeTraining(double.NaN)), "FreeTraining", "eps");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new FreeTraining(0.1, replays: 0)), "replays");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new Distillation(0)), "Distillation", "temperature");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new NFGSM(0.1, noise: -1)), "NFGSM", "noise");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => new FGSMRS(-1)), "eps");
    }
}
