using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class TrainerTests
{
    private readonly TensorSet data = TinyProblem.Images(40);

    private static Trainer Trainer(nn.Module<Tensor, Tensor> model, Objective? objective = null, double rate = 0.1, Listener? listener = null, int batch = 16) =>
        new(model, optim.SGD(model.parameters(), rate, momentum: 0.9), objective) { BatchSize = batch, Title = "tiny", Progress = listener };

    private string[] WeightsAfterTraining(long seed, Objective? objective = null)
    {
        var model = TinyModels.WithDropout(seed);
        Trainer(model, objective).Fit(data, 3);
        return model.Weights();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_WithTheSameSeed_GivesTheSameBits_AndWithAnotherOthers(bool adversarial)
    {
        var examples = adversarial ? new AdversarialExamples(new FGSM(0.05)) : null;

        var weights = WeightsAfterTraining(1, examples);

        Assert.Equal(weights, WeightsAfterTraining(1, examples));
        Assert.All(weights.Zip(WeightsAfterTraining(2, examples)), w => Assert.NotEqual(w.First, w.Second));
    }

    [Fact]
    public void Fit_WithNoneAttackedOrAttacksOfNoStrength_GivesTheBitsOfOrdinaryTraining()
    {
        var ordinary = WeightsAfterTraining(1);

        Assert.Equal(ordinary, WeightsAfterTraining(1, new AdversarialExamples(new FGSM(0.05), share: 0)));
        Assert.Equal(ordinary, WeightsAfterTraining(1, new AdversarialExamples(new FGSM(0), share: 0.5)));
        Assert.NotEqual(ordinary, WeightsAfterTraining(1, new AdversarialExamples(new FGSM(0.05), share: 0.5)));
    }

    [Fact]
    public void Fit_ResultsDoNotDependOnWhoListens()
    {
        var model = TinyModels.WithDropout(1);
        Trainer(model, listener: new Listener(_ => Predictions.Of(model, data))).Fit(data, 3);

        Assert.Equal(WeightsAfterTraining(1), model.Weights());
    }

    [Theory]
    [InlineData("sgd", false)]
    [InlineData("sgd", true)]
    [InlineData("adam", false)]
    [InlineData("adam", true)]
    public void Fit_OfAPartlyFrozenModel_TrainsTheRest(string kind, bool adversarial)
    {
        var model = TinyModels.WithDropout(1);
        model.parameters().First().requires_grad_(false);
        var before = model.Weights();
        var optimizer = kind == "sgd" ? (optim.Optimizer)optim.SGD(model.parameters(), 0.1, momentum: 0.9) : optim.Adam(model.parameters(), 0.01);

        new Trainer(model, optimizer, adversarial ? new AdversarialExamples(new FGSM(0.05)) : null) { BatchSize = 16 }.Fit(data, 2);

        Assert.Equal([true, false, false, false], before.Zip(model.Weights(), (b, a) => b == a));
    }

    [Fact]
    public void Fit_WhoseLossBecomesNaN_StopsAndNamesTheStep()
    {
        var model = TinyModels.WithDropout();

        var e = Assert.Throws<NotFiniteNumberException>(() => Trainer(model, rate: 1e30).Fit(data, 3));

        Assert.StartsWith("tiny: the loss is NaN in epoch 1, step 2 of 3: the training has diverged", e.Message);
    }

    [Fact]
    public void Fit_LearnsAProblemThatALineSolves()
    {
        var model = TinyModels.WithDropout();
        Assert.InRange(Predictions.Of(model, data).Accuracy, 0, 90);

        var epochs = Trainer(model).Fit(data, 15);

        Assert.True(epochs[^1].Loss < epochs[0].Loss / 4, $"the loss went from {epochs[0].Loss} to {epochs[^1].Loss}");
        Assert.Equal(100, Predictions.Of(model, data).Accuracy);
        Assert.Equal(Enumerable.Range(1, 15), epochs.Select(e => e.Epoch));
    }

    [Fact]
    public void Fit_ShowsEachImageOnceAnEpoch_InAFreshOrder()
    {
        var recorder = new Recorder(TinyModels.WithDropout());
        var images = TinyProblem.Split(data.Images.Floats());

        Trainer(recorder).Fit(data, 3);

        Assert.Equal([16, 16, 8, 16, 16, 8, 16, 16, 8], recorder.Calls.Select(c => c.Count));
        var orders = recorder.Calls.Chunk(3).Select(calls => calls.SelectMany(c => TinyProblem.Split(c.Input)).ToArray()).ToList();
        Assert.All(orders, order => Assert.Equal(images.Order(), order.Order()));
        Assert.All(orders, order => Assert.NotEqual(images, order));
        Assert.NotEqual(orders[0], orders[1]);
        Assert.NotEqual(orders[1], orders[2]);
    }

    [Fact]
    public void Fit_WithAlternatingFlips_ShowsEachImageBothWaysInTwoEpochs_AndAttacksWhatItShows()
    {
        var recorder = new Recorder(TinyModels.WithDropout());

        new Trainer(recorder, optim.SGD(recorder.parameters(), 0.1), new AdversarialExamples(new FGSM(0)))
        { BatchSize = 16, Augmentation = new Augmentation(1) { Flip = Flip.Alternating } }.Fit(data, 2);

        var shown = recorder.Training.SelectMany(c => TinyProblem.Split(c.Input)).ToArray();
        var images = TinyProblem.Split(data.Images.Floats());
        Assert.Equal(images.Concat(TinyProblem.Split(data.Images.flip(3).Floats())).Order(), shown.Order());
        Assert.NotEqual(images.Order(), shown[..40].Order());
    }

    /// <summary>Nothing is learned at rate 0, so an epoch sees the whole set with one model: images keep their labels, small batches weigh less.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(1000)]
    [InlineData(1)]
    public void Fit_ReportsTheMeanLossAndAccuracyOfAllImages(int batch)
    {
        var model = nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(16, 2)));

        var epoch = Trainer(model, rate: 0, batch: batch).Fit(data, 1).Single();

        Assert.Equal(nn.functional.cross_entropy(model.call(data.Images), data.Labels).ToSingle(), epoch.Loss, 1e-6);
        Assert.Equal(Predictions.Of(model, data).Accuracy, epoch.Accuracy);
    }

    [Fact]
    public void Fit_TrainsInTrainingMode_LeavesTheModelInIt_AndItsDataAlone()
    {
        var recorder = new Recorder(TinyModels.WithDropout());
        recorder.eval();
        var (weights, images) = (recorder.Weights(), data.Images.Bits());

        Trainer(recorder, new AdversarialExamples(new FGSM(0.1))).Fit(data, 1);

        Assert.Equal(3, recorder.Training.Count());
        Assert.DoesNotContain(false, recorder.Modes());
        Assert.Equal(images, data.Images.Bits());
        Assert.All(weights.Zip(recorder.Weights()), w => Assert.NotEqual(w.First, w.Second));
    }

    [Fact]
    public void Fit_OnImagesKeptAsBytes_HasTheBitsOfTheSameImagesAsFloats()
    {
        var pixels = Enumerable.Range(0, 40 * 16).Select(i => (byte)(i * 37)).ToArray();
        var bytes = TensorSet.From(new ImageSet("tiny", pixels, [.. Enumerable.Range(0, 40).Select(i => (byte)(i % 2))], 1, 4, 4, ["a", "b"], ""));
        var floats = new TensorSet(tensor(Array.ConvertAll(pixels, p => p / 255f), [40, 1, 4, 4]), bytes.Labels);
        string[] Trained(TensorSet set)
        {
            var model = TinyModels.WithDropout();
            Trainer(model, new AdversarialExamples(new FGSM(0.1))).Fit(set, 2);
            return model.Weights();
        }

        Assert.Equal(Trained(floats), Trained(bytes));
    }

    [Fact]
    public void Fit_LeavesNoTensorInTheScope_AndItsModelOutlivesTheScope()
    {
        var model = TinyModels.WithDropout();
        var trainer = Trainer(model, new AdversarialExamples(new FGSM(0.1)));
        using (var scope = NewDisposeScope())
        {
            trainer.Fit(data, 2);
            Assert.Equal(0, scope.DisposablesCount);
        }

        trainer.Fit(data, 1);
    }

    [Fact]
    public void Fit_Progress_RisesToTheEnd_AndAgreesWithTheResults()
    {
        var listener = new Listener();
        var set = TinyProblem.Images(46);

        var epochs = Trainer(TinyModels.WithDropout(), listener: listener, batch: 2).Fit(set, 3);

        var reports = listener.Reports;
        Assert.All(reports, r => Assert.Equal(("tiny", 3, 23), (r.Title, r.Epochs, r.Steps)));
        Assert.Equal(
            [(1, 10), (1, 20), (1, 23), (2, 10), (2, 20), (2, 23), (3, 10), (3, 20), (3, 23)], reports.Select(r => (r.Epoch, r.Step)));
        Assert.All(reports, r => Assert.InRange(r.Accuracy!.Value, 0, 100));
        Assert.All(reports, r => Assert.InRange(r.Loss!.Value, 0, 100));
        Assert.All(reports.Zip(reports.Skip(1)), r => Assert.True(r.First.Fraction() < r.Second.Fraction()));
        Assert.Equal(1, reports[^1].Fraction());
        Assert.Equal(epochs.Select(e => ((double?)e.Loss, (double?)e.Accuracy)), reports.Where(r => r.Step == r.Steps).Select(r => (r.Loss, r.Accuracy)));
    }

    [Fact]
    public void Fit_CancelledBefore_DoesNothing()
    {
        var recorder = new Recorder(TinyModels.WithDropout());
        var weights = recorder.Weights();

        Assert.Throws<OperationCanceledException>(() => Trainer(recorder).Fit(data, 3, new CancellationToken(canceled: true)));

        Assert.Empty(recorder.Calls);
        Assert.Equal(weights, recorder.Weights());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Fit_CancelledInTheMiddle_StopsAfterThatBatch_AndLeavesTheModelUsable(int batches)
    {
        using var source = new CancellationTokenSource();
        var recorder = new Recorder(TinyModels.WithDropout());
        var weights = recorder.Weights();
        recorder.OnCall = _ => { if (recorder.Calls.Count == batches) source.Cancel(); };

        Assert.Throws<OperationCanceledException>(() => Trainer(recorder).Fit(data, 3, source.Token));

        Assert.Equal(batches, recorder.Calls.Count);
        Assert.NotEqual(weights, recorder.Weights());
        Assert.Equal(40, Predictions.Of(recorder, data).Count);
        Assert.Equal(2, Trainer(recorder).Fit(data, 2).Count);
    }

    [Theory]
    [InlineData(0, 16, "epochs", "0")]
    [InlineData(-3, 16, "epochs", "-3")]
    [InlineData(1, 0, "BatchSize", "0")]
    [InlineData(1, -5, "BatchSize", "-5")]
    public void Fit_WithoutEpochsOrBatches_Throws(int epochs, int batch, string what, string given)
    {
        var recorder = new Recorder(TinyModels.WithDropout());

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Trainer(recorder, batch: batch).Fit(data, epochs));

        AssertOneLine(exception, "Trainer", what, "1 or more", $"got {given}");
        Assert.Empty(recorder.Calls);
    }

    /// <summary>Also shows that FGSM matters on real digits: a linear model falls by far more than half at eps 0.1.</summary>
    [MnistFact]
    public void Fit_OnMnist_LearnsDigits_AndFgsmTurnsThem()
    {
        var mnist = DataSet.Mnist();
        manual_seed(42);
        var model = nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(784, 10))).to(Compute.Device);

        new Trainer(model, optim.SGD(model.parameters(), 0.05, momentum: 0.9)).Fit(TensorSet.From(mnist.Train.Take(6000)), 2);
        var sweep = EpsSweep.Run(model, TensorSet.From(mnist.Test.Take(1000)), [0.02, 0.05, 0.1]);

        Assert.InRange(sweep.Clean.Accuracy, 80, 100);
        double[] accuracies = [sweep.Clean.Accuracy, .. sweep.Points.Select(p => p.RobustAccuracy)];
        Assert.All(accuracies.Zip(accuracies.Skip(1)), a => Assert.True(a.Second < a.First));
        Assert.InRange(accuracies[^1], 0, 40);
    }

    /// <summary>The same steps by hand, with PyTorch's way of setting a rate.</summary>
    [Fact]
    public void Fit_WithASchedule_MultipliesTheRateOfEachStep_AndGivesItBack()
    {
        double Factor(int step) => 1 / (1.0 + step);
        var (scheduled, byHand) = (TinyModels.WithDropout(1), TinyModels.WithDropout(1));
        var optimizer = optim.SGD(scheduled.parameters(), 0.2, momentum: 0.9);
        manual_seed(3);
        new Trainer(scheduled, optimizer) { BatchSize = 16, Schedule = Factor }.Fit(data, 2);

        manual_seed(3);
        var stepped = optim.SGD(byHand.parameters(), 0.2, momentum: 0.9);
        var step = 0;
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var order = randperm(40);
            for (var start = 0; start < 40; start += 16)
            {
                stepped.ParamGroups.Single().LearningRate = 0.2 * Factor(step++);
                var (x, y) = data.Take(order[start..Math.Min(40, start + 16)]);
                stepped.zero_grad();
                nn.functional.cross_entropy(byHand.call(x), y).backward();
                stepped.step();
            }
        }

        Assert.Equal(6, step);
        Assert.Equal(byHand.Weights(), scheduled.Weights());
        Assert.Equal(0.2, optimizer.ParamGroups.Single().LearningRate);
    }

    [Fact]
    public void Fit_ThatIsCancelled_GivesTheRateBack()
    {
        var model = TinyModels.WithDropout(1);
        var optimizer = optim.SGD(model.parameters(), 0.2);
        using var stop = new CancellationTokenSource();
        double Factor(int step)
        {
            if (step == 1)
                stop.Cancel();
            return 0.5;
        }

        Assert.Throws<OperationCanceledException>(
            () => new Trainer(model, optimizer) { BatchSize = 16, Schedule = Factor }.Fit(data, 2, stop.Token));

        Assert.Equal(0.2, optimizer.ParamGroups.Single().LearningRate);
    }
}
