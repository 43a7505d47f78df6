using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class PredictionsTests
{
    // Of class 0: two right, one taken for 2. Of class 1: one right. Of class 2: one taken for 0, one for 1.
    private static readonly Predictions ByHand = new([0, 0, 0, 1, 2, 2], [0, 2, 0, 1, 0, 1], [0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1f]);

    private static Predictions OfLogits(long[] labels, params float[][] logits) =>
        Predictions.Of(TinyModels.PixelsAsLogits(), new TensorSet(tensor(logits.SelectMany(l => l).ToArray(), [logits.Length, 1, 1, logits[0].Length]), tensor(labels)));

    [Fact]
    public void Of_TakesTheHighestLogit_AndItsSoftmax()
    {
        var predictions = OfLogits([0, 1, 1], [0, MathF.Log(3), 0], [MathF.Log(2), 0, 0], [-1000, 1000, 0]);

        Assert.Equal([0, 1, 1], predictions.Labels);
        Assert.Equal([1, 0, 1], predictions.Predicted);
        Assert.Equal(0.6f, predictions.Confidence[0], 1e-6f);
        Assert.Equal(0.5f, predictions.Confidence[1], 1e-6f);
        Assert.Equal(1, predictions.Confidence[2]);
    }

    [Fact]
    public void Of_TakesTheFirstOfEqualLogits() =>
        Assert.Equal([0, 1], OfLogits([0, 0], [1, 1, 1], [0, 2, 2]).Predicted);

    /// <summary>Logits that differ by so little that their float32 probabilities are equal.</summary>
    [Fact]
    public void Of_TakesTheHighestLogit_WhereTheProbabilitiesRoundToTheSame() =>
        Assert.Equal([1, 2], OfLogits([0, 0], [0, 1e-9f, 0], [1e-10f, 2e-10f, 3e-10f]).Predicted);

    [Fact]
    public void Of_MoreThanABatch_KeepsTheOrder()
    {
        manual_seed(3);
        var set = new TensorSet(rand(2345, 1, 1, 5), RandomLabels(2345, 5));

        var predictions = Predictions.Of(TinyModels.PixelsAsLogits(), set);

        Assert.Equal(set.Labels.data<long>().ToArray(), predictions.Labels);
        Assert.Equal(set.Images.Floats().Chunk(5).Select(l => (long)Array.IndexOf(l, l.Max())), predictions.Predicted);
        Assert.Equal(2345, predictions.Confidence.Length);
    }

    [Fact]
    public void Of_RunsInEvalModeWithoutGradients_AndRestores()
    {
        var recorder = new Recorder(TinyModels.WithDropout());

        var data = TinyProblem.Images(10);

        Assert.Equal(Predictions.Of(recorder, data).Confidence, Predictions.Of(recorder, data).Confidence);
        Assert.All(recorder.Calls, c => Assert.Equal((false, false), (c.Training, c.GradientsOn)));
        Assert.DoesNotContain(false, recorder.Modes());
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Of_LeavesNoTensorInTheScope()
    {
        var (model, data) = (TinyModels.WithDropout(), TinyProblem.Images(10));
        using var scope = NewDisposeScope();

        Predictions.Of(model, data);

        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Accuracy_IsTheShareOfRightPredictionsInPercent() => Assert.Equal(50, ByHand.Accuracy);

    [Fact]
    public void MeanConfidence_IsInPercent() => Assert.Equal(75, ByHand.MeanConfidence, 1e-5);

    [Fact]
    public void IsCorrect_ComparesPredictionAndLabel() =>
        Assert.Equal([true, false, true, true, false, false], Enumerable.Range(0, ByHand.Count).Select(ByHand.IsCorrect));

    [Fact]
    public void Confusion_CountsTrueClassesInRows() =>
        Assert.Equal([[2, 0, 1, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]], ByHand.Confusion(4));

    [Fact]
    public void ClassAccuracy_IsEachRowsShareOnTheDiagonal_AndNaNWithoutImages() =>
        Assert.Equal([200 / 3.0, 100, 0, double.NaN], ByHand.ClassAccuracy(4));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Confusion_RowsSumToClassCounts_AndTheDiagonalToTheAccuracy(int seed)
    {
        var random = new Random(seed);
        long[] Draw() => [.. Enumerable.Range(0, 500).Select(_ => random.NextInt64(7))];
        var predictions = new Predictions(Draw(), Draw(), new float[500]);

        var confusion = predictions.Confusion(7);

        Assert.Equal(Enumerable.Range(0, 7).Select(c => predictions.Labels.LongCount(l => l == c)), confusion.Select(row => row.Sum()));
        Assert.Equal(Enumerable.Range(0, 7).Select(c => predictions.Predicted.LongCount(p => p == c)), Enumerable.Range(0, 7).Select(c => confusion.Sum(row => row[c])));
        Assert.Equal(predictions.Accuracy, Enumerable.Range(0, 7).Sum(c => confusion[c][c]) / 5.0, 1e-9);
        // Weighted by their images, the class accuracies are the accuracy.
        Assert.Equal(predictions.Accuracy, predictions.ClassAccuracy(7).Zip(confusion, (a, row) => a * row.Sum() / 500).Sum(), 1e-9);
    }

    /// <summary>More images than an attack's batch; the last one is smaller.</summary>
    [Fact]
    public void Under_GivesThePredictionsOfTheAttacksImages()
    {
        manual_seed(9);
        var (model, data, attack, listener) = (TinyModels.SmallCnn(), new TensorSet(rand(640, 1, 8, 8), RandomLabels(640, 10)), new FGSM(0.2), new Listener());

        var expected = Predictions.Of(model, data with { Images = attack.Attack(model, data.Images, data.Labels) });
        using var scope = NewDisposeScope();
        var actual = Predictions.Under(attack, model, data, listener, "fgsm");

        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Predicted, actual.Predicted);
        Engine.AssertSame(expected.Confidence, actual.Confidence);
        Assert.Equal([("fgsm", 1, 3), ("fgsm", 2, 3), ("fgsm", 3, 3)], listener.Reports.Select(r => (r.Title, r.Step, r.Steps)));
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Under_OfOneFullBatch_IsOneStep()
    {
        var listener = new Listener();

        Predictions.Under(new FGSM(0.1), TinyModels.SmallCnn(), new TensorSet(rand(250, 1, 8, 8), RandomLabels(250, 10)), listener);

        Assert.Equal([(1, 1)], listener.Reports.Select(r => (r.Step, r.Steps)));
    }

    [Fact]
    public void Under_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Predictions.Under(new FGSM(0.1), TinyModels.SmallCnn(), new TensorSet(rand(3, 1, 8, 8), Labels(0, 1, 2)), cancellation: source.Token));
    }

    [Fact]
    public void FirstCorrectOfEachClass_LeavesOutAClassWithoutOne() => Assert.Equal([0, 3], ByHand.FirstCorrectOfEachClass());

    [Fact]
    public void ToDataFrame_HasARowForEachImage()
    {
        var frame = ByHand.ToDataFrame();

        Assert.Equal(["image", "label", "predicted", "confidence", "correct"], frame.Columns.Select(c => c.Name));
        Assert.Equal(6, frame.Rows.Count);
        Assert.Equal([1, 0L, 2L, 0.6f, false], frame.Rows[1]);
        Assert.Equal([3, 1L, 1L, 0.8f, true], frame.Rows[3]);
    }

    /// <summary>What a notebook asks: the mistakes, the surest first.</summary>
    [Fact]
    public void ToDataFrame_CanBeFilteredAndSorted()
    {
        var frame = ByHand.ToDataFrame();

        var mistakes = frame.Filter(frame["correct"].ElementwiseEquals(false)).OrderByDescending("confidence");

        Assert.Equal([5, 4, 1], mistakes["image"].Cast<int>());
    }
}
