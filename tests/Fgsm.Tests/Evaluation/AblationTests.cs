using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public sealed class AblationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Ablation Plan = new()
    {
        Data = "noise", TrainingImages = 32, TestImages = 12, Epochs = 2, BatchSize = 8, Eps = [0.02, 0.1], PgdImages = 6, PgdSteps = 3,
        Restarts = 2, AutoImages = 4, AutoSteps = 2, AutoTargets = 1, AutoQueries = 3,
    };

    private static readonly Variant[] Variants =
    [
        new("own", () => TinyModels.SmallCnn(), model => optim.SGD(model.parameters(), 0.1)),
        new("Adam", () => TinyModels.SmallCnn(), model => optim.Adam(model.parameters(), 0.01))
        {
            Objective = new AdversarialExamples(new FGSM(0.1), share: 1), Schedule = step => 1.0 / (step + 1),
            Augmentation = seed => new Augmentation(seed) { Shift = 2 }, AtTestTime = model => nn.Sequential(model, new Negated()),
        },
    ];

    private sealed class Negated() : nn.Module<Tensor, Tensor>("Negated")
    {
        public override Tensor forward(Tensor input) => -input;
    }

    private static TensorSet Images(int count)
    {
        manual_seed(9);
        return new TensorSet(rand(count, 1, 8, 8), RandomLabels(count, 3));
    }

    private static AblationRun Figure(string variant, long seed, double clean) => new(variant, seed, clean, [], [], 0, 0);

    private static Ablation Of(params AblationRun[] runs) => new() { Runs = [.. runs] };

    /// <summary>
    /// Differences of 1 to 5: their mean is 3, their standard deviation the root of 2.5. t(0.975) and t(0.9875) of 4 degrees from a table.
    /// </summary>
    [Theory]
    [InlineData(1, 2.776)]
    [InlineData(2, 3.495)]
    public void Effect_IsTheMeanDifferenceOfTheSameSeeds_WithStudentsInterval_WiderTheMoreAreCompared(int compared, double t)
    {
        // The seeds of the second come in another order.
        var ablation = Of([.. Enumerable.Range(1, 5).Select(seed => Figure("own", seed, 10 * seed)),
            .. Enumerable.Range(1, 5).Reverse().Select(seed => Figure("changed", seed, 11 * seed)),
            .. Enumerable.Range(2, compared - 1).Select(i => Figure($"another {i}", 1, 0))]);

        var (mean, interval) = ablation.Effect("changed", run => run.Clean);

        var half = t * Math.Sqrt(2.5 / 5);
        Assert.Equal(3, mean, 1e-12);
        Assert.Equal(3 - half, interval.Low, 1e-3);
        Assert.Equal(3 + half, interval.High, 1e-3);
    }

    /// <summary>10 to 50: their mean is 30, their standard deviation the root of 250. t(0.975) of 4 degrees from a table.</summary>
    [Fact]
    public void Mean_IsThatOfTheVariantsSeeds_WithStudentsInterval()
    {
        var ablation = Of([Figure("other", 1, 99), .. Enumerable.Range(1, 5).Select(seed => Figure("own", seed, 10 * seed))]);

        var (mean, interval) = ablation.Mean("own", run => run.Clean);

        var half = 2.776 * Math.Sqrt(250.0 / 5);
        Assert.Equal(30, mean, 1e-12);
        Assert.Equal(30 - half, interval!.Value.Low, 1e-2);
        Assert.Equal(30 + half, interval.Value.High, 1e-2);
        Assert.Equal((99, null), ablation.Mean("other", run => run.Clean));
    }

    [Fact]
    public void Effect_OfOneSeed_SaysThatItNeedsTwo() => AssertOneLine(
        Assert.Throws<InvalidOperationException>(
            () => Of(Figure("own", 1, 0), Figure("changed", 1, 1)).Effect("changed", run => run.Clean)),
        "changed", "two seeds", "there are 1");

    [Fact]
    public void Measure_GivesTheFiguresOfEachTrainingFromItsSeed()
    {
        var (train, test, ablation) = (Images(32), Images(12), Plan with { Runs = [] });

        ablation.Measure(Variants, [3, 4], train, test);

        Assert.Equal(["own", "Adam"], ablation.Variants());
        Assert.Equal([3L, 4], ablation.Seeds());
        foreach (var run in ablation.Runs)
        {
            manual_seed(run.Seed);
            var model = TinyModels.SmallCnn();
            var variant = Variants.Single(v => v.Name == run.Variant);
            new Trainer(model, variant.Optimizer(model), variant.Objective)
                { BatchSize = 8, Schedule = variant.Schedule, Augmentation = variant.Augmentation?.Invoke(run.Seed) }
                .Fit(train, 2);
            model.eval();
            Assert.Equal(Predictions.Of(model, test).Accuracy, run.Clean);
            Assert.Equal(Predictions.Of(model, test).MeanConfidence, run.Confidence);
            Assert.Equal(Plan.Eps.Select(e => Predictions.Under(new FGSM(e), model, test).Accuracy), run.Fgsm);
            double Left(int images, AdversarialAttack attack) =>
                AttackSuite.Run(model, test.Range(0, images), [attack]).Outcomes[0].RobustAccuracy;
            Assert.Equal(Plan.Eps.Select(e => Left(6, new PGD(e, e / 8, 3) { Seed = run.Seed, Restarts = 2 })), run.Pgd);
            Assert.Equal(Plan.Eps.Select(e => Left(4, new AutoAttack(e, 2, 1, 3) { Seed = run.Seed })), run.Auto);
            Assert.Equal(MedianGradient(model, test.Range(0, 6)), run.Gradient, 1e-6);
            Assert.Equal(
                variant.AtTestTime is null ? null : Predictions.Of(nn.Sequential(model, new Negated()), test).Accuracy, run.AtTestTime);
        }
    }

    [Fact]
    public void Train_LooksForOverfitting_WhereTheVariantAsksForIt()
    {
        var check = new OverfittingCheck(Images(6), 0.1, steps: 2) { Stop = false };

        Plan.Train(Variants[1] with { Overfitting = check }, 3, Images(32));

        Assert.Equal(2, check.Epochs.Count);
    }

    private static double MedianGradient(nn.Module<Tensor, Tensor> model, TensorSet images)
    {
        var means = Enumerable.Range(0, images.Count).Select(i =>
        {
            var x = images[i].Images.clone().requires_grad_();
            nn.functional.cross_entropy(model.call(x), images[i].Labels).backward();
            return (double)x.grad!.abs().mean().item<float>();
        }).Order().ToArray();
        return (means[2] + means[3]) / 2;
    }

    [Fact]
    public void Measure_GoesOnWhereItStopped_ButNotFromOtherSettings()
    {
        var (train, test, file, part) = (Images(32), Images(12), folder.File("ablation.json"), folder.File("ablation.part.json"));
        var begun = Plan with { Runs = [Figure("own", 3, -1)] };
        begun.Write(part);

        var resumed = Plan with { Runs = [] };
        resumed.Measure(Variants, [3], train, test, file);

        Assert.Equal([-1, resumed.Runs[1].Clean], resumed.Runs.Select(run => run.Clean));
        Assert.False(File.Exists(part));
        var kept = Ablation.Read(file).Runs;
        Assert.Equal(2, kept.Count);
        Assert.Equal(resumed.Runs[1].Auto, kept[1].Auto);
        Assert.True(kept[1].Seconds > 0);

        begun.Write(part);
        var other = Plan with { Runs = [], PgdSteps = 2 };
        other.Measure(Variants[..1], [3], train, test, file);

        Assert.NotEqual(-1, Assert.Single(other.Runs).Clean);
        Assert.Single(Ablation.Read(file).Runs);
    }

    [Fact]
    public void Measure_ThatIsStopped_LeavesTheEarlierFileAsItIs_AndWhatIsFinishedBesideIt()
    {
        var file = folder.File("ablation.json");
        (Plan with { Runs = [Figure("own", 3, -1)] }).Write(file);
        Variant fails = new("fails", () => throw new IOException("no network"), _ => throw new InvalidOperationException());

        Assert.Throws<IOException>(() => (Plan with { Runs = [] }).Measure([Variants[0], fails], [3], Images(32), Images(12), file));

        Assert.Equal(-1, Assert.Single(Ablation.Read(file).Runs).Clean);
        Assert.Equal("own", Assert.Single(Ablation.Read(folder.File("ablation.part.json")).Runs).Variant);
    }

    [Theory]
    [InlineData(null, "the grid is not there")]
    [InlineData("{", "this is no grid")]
    [InlineData("{}", "this is no grid")]
    public void Read_OfWhatIsNoAblation_SaysWhatToDo(string? content, string what)
    {
        if (content is not null)
            File.WriteAllText(folder.File("ablation.json"), content);

        AssertOneLine(
            Assert.Throws<DataException>(() => Ablation.Read(folder.File("ablation.json"))), "ablation.json", what, "grid = true");
    }
}
