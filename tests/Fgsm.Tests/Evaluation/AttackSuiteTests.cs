using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Results;

namespace Fgsm.Tests;

public sealed class AttackSuiteTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Sequential model = TinyModels.SmallCnn();
    private readonly TensorSet data;

    public AttackSuiteTests()
    {
        var x = rand(20, 1, 8, 8);
        data = new TensorSet(x, model.call(x).argmax(1));
    }

    public void Dispose() => folder.Dispose();

    private static PGD Pgd => new(0.1, 0.03, 5) { Seed = 1 };

    [Fact]
    public void Fgsm_LeavesWhatASweepMeasures_AndEachIsCountedAsItWorks()
    {
        var suite = AttackSuite.Run(model, data, [new FGSM(0.1), Pgd], batchSize: 6);

        Assert.Equal(EpsSweep.Run(model, data, [0.1]).At(0.1).Attacked.Predicted, suite.Outcomes[0].Attacked.Predicted);
        Assert.Equal([20L, 20], [suite.Outcomes[0].Forwards, suite.Outcomes[0].Gradients]);
        Assert.Equal([100L, 100], [suite.Outcomes[1].Forwards, suite.Outcomes[1].Gradients]);
        Assert.Equal(("PGD", Norm.LInf, 0.1), (suite.Outcomes[1].Attack, suite.Outcomes[1].Norm, suite.Outcomes[1].Eps));
        Assert.All(suite.Outcomes, o => Assert.All(o.Lengths, l => Assert.InRange(l, 0, 0.1f + 1e-6f)));
    }

    /// <summary>FGSM at several eps, one inside the other: a smaller eps is only tried where the larger one won, and what it turns is the same.</summary>
    [Fact]
    public void RunNested_AttacksOnlyWhatFellToTheLargerEps_AndTurnsTheSameImages()
    {
        FGSM[] attacks = [new(0.02), new(0.3), new(0.1)];
        var labels = data.Labels.clone();
        labels.data<long>()[3] = (labels.data<long>()[3] + 1) % 10;
        var some = data with { Labels = labels };
        var (plain, nested) = (AttackSuite.Run(model, some, attacks), AttackSuite.RunNested(model, some, attacks, batchSize: 6));

        Assert.Equal(attacks.Select(a => (double?)a.Eps), nested.Outcomes.Select(o => o.Eps));
        bool Falls(AttackSuite suite, int eps, int image) => suite.Clean.IsCorrect(image) && !suite.Outcomes[eps].Attacked.IsCorrect(image);
        for (var image = 0; image < some.Count; image++)
        {
            Assert.Equal(Falls(plain, 1, image), Falls(nested, 1, image));
            Assert.Equal(Falls(plain, 1, image) && Falls(plain, 2, image), Falls(nested, 2, image));
            Assert.Equal(Falls(nested, 2, image) && Falls(plain, 0, image), Falls(nested, 0, image));
        }
        Assert.InRange(nested.Outcomes[2].Attacked.Correct, 1, 18);
        Assert.Equal([19L, 19 - nested.Outcomes[1].Attacked.Correct, 19 - nested.Outcomes[2].Attacked.Correct],
            [nested.Outcomes[1].Gradients, nested.Outcomes[2].Gradients, nested.Outcomes[0].Gradients]);
        Assert.All(Enumerable.Range(0, some.Count).Where(i => nested.Outcomes[1].Attacked.IsCorrect(i)), i => Assert.Equal(0, nested.Outcomes[2].Lengths[i]));
    }

    [Fact]
    public void ABatchOfNoImages_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AttackSuite.Run(model, data, [new FGSM(0.1)], batchSize: 0));

    [Fact]
    public void WorstCase_CountsImagesThatNoAttackTurns()
    {
        var suite = AttackSuite.Run(model, data, [new FGSM(0.15), new FGSM(0.3) { Norm = Norm.L1 }, Pgd]);

        var standing = Enumerable.Range(0, 20).Count(i => suite.Outcomes.All(o => o.Attacked.Predicted[i] == data.Labels.data<long>().ToArray()[i]));
        Assert.Equal(100.0 * standing / 20, suite.WorstCase);
        Assert.All(suite.Outcomes, o => Assert.True(suite.WorstCase <= o.RobustAccuracy));
    }

    /// <summary>A median over a hand-made outcome: 1, 2 and an image that is never turned; one was wrong from the beginning.</summary>
    [Fact]
    public void MedianLength_CountsImagesThatAreNeverTurnedAsInfinite()
    {
        var clean = new Predictions([0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 1]);
        AttackOutcome Of(params long[] predicted) => new("A", "A()", Norm.L2, null, clean, new([0, 0, 0, 0], predicted, [1, 1, 1, 1]), [1, 2, 0, 0], 0, 0, default);

        Assert.Equal(2, Of(1, 1, 0, 1).MedianLength);
        Assert.Equal(double.PositiveInfinity, Of(1, 0, 0, 1).MedianLength);
    }

    [Fact]
    public void ARunThatIsStopped_GoesOn_AndAttacksNoBatchTwice()
    {
        var (file, whole) = (folder.File("kept.jsonl"), AttackSuite.Run(model, data, [Pgd], batchSize: 5));
        using var stop = new CancellationTokenSource();
        var counter = new Counter { Stop = stop, After = 2 };
        Assert.Throws<OperationCanceledException>(() => AttackSuite.Run(model, data, [new Brighten(0.1, counter)], 5, file, cancellation: stop.Token));
        Assert.Equal(2, counter.Batches);
        File.AppendAllText(file, "{\"Key\":\"half a li");

        AttackSuite.Run(model, data, [new Brighten(0.1, counter)], 5, file);
        Assert.Equal(4, counter.Batches);
        AttackSuite.Run(model, data, [new Brighten(0.1, counter)], 5, file);
        Assert.Equal(4, counter.Batches);

        // Other options, other images, other weights: nothing that is kept fits.
        AttackSuite.Run(model, data, [new Brighten(0.2, counter)], 5, file);
        AttackSuite.Run(model, data.Range(0, 4), [new Brighten(0.1, counter)], 5, file);
        AttackSuite.Run(TinyModels.SmallCnn(seed: 1), data, [new Brighten(0.1, counter)], 5, file);
        Assert.Equal(4 + 4 + 1 + 4, counter.Batches);

        var (first, again) = (AttackSuite.Run(model, data, [Pgd], 5, file), AttackSuite.Run(model, data, [Pgd], 5, file));
        Assert.Equal(whole.Outcomes[0].Attacked.Confidence, first.Outcomes[0].Attacked.Confidence);
        Assert.Equal(first.Outcomes[0].Attacked.Confidence, again.Outcomes[0].Attacked.Confidence);
        Assert.Equal(first.Outcomes[0].Duration, again.Outcomes[0].Duration);
    }

    [Fact]
    public void WhatIsKeptOfAnAttackOnASurrogate_BelongsToThatSurrogate()
    {
        AttackSuite On(long seed) => AttackSuite.Run(model, data, [new CraftedOn(TinyModels.SmallCnn(seed), new FGSM(0.1))], 5, folder.File("kept.jsonl"));

        Assert.Equal(On(1).Outcomes[0].Duration, On(1).Outcomes[0].Duration);
        Assert.NotEqual(On(1).Outcomes[0].Attacked.Confidence, On(2).Outcomes[0].Attacked.Confidence);
    }

    /// <summary>How many batches were attacked, and after which one the run is stopped.</summary>
    private sealed class Counter
    {
        public int Batches { get; set; }
        public CancellationTokenSource? Stop { get; set; }
        public int After { get; set; }
    }

    /// <summary>A reader's own attack, which does not say its options.</summary>
    private sealed class Brighten(double by, Counter counter) : AdversarialAttack
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
        {
            if (++counter.Batches == counter.After)
                counter.Stop!.Cancel();
            return (x + by).clamp(0, 1);
        }
    }

    private static AttackOutcome Outcome(string attack, double eps, int right, int gradients) => new(attack, attack, Norm.LInf, eps,
        new(new long[100], new long[100], new float[100]), new(new long[100], [.. Enumerable.Range(0, 100).Select(i => i < right ? 0L : 1)], new float[100]), new float[100], 1, gradients, default);

    private static IReadOnlyList<string> WarningsOf(params AttackOutcome[] outcomes) => Warnings.Of(new AttackSuite(outcomes[0].Clean, outcomes));

    [Fact]
    public void Warnings_NameAnAccuracyThatRisesWithEps_AndABlindAttackThatBeatsGradients()
    {
        Assert.Empty(WarningsOf(Outcome("FGSM", 0.2, 50, 1), Outcome("FGSM", 0.1, 90, 1), Outcome("Square", 0.1, 90, 0)));
        TestTensors.AssertOneLine(new Exception(Assert.Single(WarningsOf(Outcome("FGSM", 0.2, 95, 1), Outcome("FGSM", 0.1, 90, 1)))), "FGSM", "95.00 %", "90.00 %", "0.2");
        TestTensors.AssertOneLine(new Exception(Assert.Single(WarningsOf(Outcome("FGSM", 0.1, 90, 1), Outcome("Square", 0.1, 60, 0)))), "Square", "60.00 %", "90.00 %");
    }

    [Fact]
    public void Warnings_NameAModelThatDrawsRandomNumbers()
    {
        var noisy = nn.Sequential(("noise", new Noisy()), ("model", model));

        Assert.Contains(Warnings.Of(noisy, data), w => w.Contains("random numbers"));
        Assert.DoesNotContain(Warnings.Of(model, data), w => w.Contains("random numbers"));
    }

    private sealed class Noisy() : nn.Module<Tensor, Tensor>("Noisy")
    {
        public override Tensor forward(Tensor input) => input + randn_like(input) * 0.1;
    }

    [Fact]
    public void ToDataFrame_HasARowForEachAttack_WithItsInterval()
    {
        var suite = AttackSuite.Run(model, data, [new FGSM(0.1), new DeepFool()]);

        var frame = suite.ToDataFrame();

        Assert.Equal(["FGSM", "DeepFool"], frame["attack"].Cast<string>());
        Assert.Equal([0.1, null], frame["eps"].Cast<double?>());
        var interval = Interval.Wilson(suite.Outcomes[0].RobustAccuracy, 20);
        Assert.Equal((interval.Low, interval.High), ((double)frame["low"][0], (double)frame["high"][0]));
        Assert.Equal(40, suite.ImagesToDataFrame().Rows.Count);
    }

    /// <summary>No images fool a network better than those made for it.</summary>
    [Fact]
    public void TransferMatrix_HasItsSmallestAccuraciesOnTheDiagonal()
    {
        manual_seed(5);
        var x = rand(40, 1, 4, 4);
        var one = TinyModels.Linear([.. Enumerable.Range(0, 3).Select(_ => randn(16).Floats())]);
        var y = one.call(x).argmax(1);
        var two = TinyModels.Linear([.. one.parameters().First().Floats().Chunk(16).Select(row => row.Zip(randn(16).Floats(), (a, b) => a + 0.3f * b).ToArray())]);

        var matrix = TransferMatrix.Run([("one", one), ("two", two)], new PGD(0.1, 0.1, 5) { Seed = 1 }, new TensorSet(x, y), batchSize: 7);

        Assert.True(matrix.Accuracy[0][0] <= matrix.Accuracy[1][0]);
        Assert.True(matrix.Accuracy[1][1] <= matrix.Accuracy[0][1]);
        Assert.Equal(4, matrix.ToDataFrame().Rows.Count);
        Assert.Throws<ArgumentException>(() => TransferMatrix.Run([("one", one), ("one", two)], new FGSM(0.1), new TensorSet(x, y)));
    }
}
