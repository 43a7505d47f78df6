using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class EpsSweepTests
{
    private static readonly double[] Eps = [0, 2 / 255.0, 8 / 255.0, 0.3];

    private static TensorSet Images(int count)
    {
        manual_seed(9);
        return new TensorSet(rand(count, 1, 8, 8), RandomLabels(count, 10));
    }

    /// <summary>More images than a batch of the sweep, fewer than one of Predictions: the batches do not show.</summary>
    [Fact]
    public void Run_GivesWhatSeparateAttacksGive()
    {
        var (model, data) = (TinyModels.SmallCnn(), Images(640));

        var sweep = EpsSweep.Run(model, data, Eps);

        AssertSame(Predictions.Of(model, data), sweep.Clean);
        Assert.Equal(Eps, sweep.Points.Select(p => p.Eps));
        foreach (var point in sweep.Points)
        {
            AssertSame(Predictions.Of(model, data with { Images = new FGSM(point.Eps).Attack(model, data.Images, data.Labels) }), point.Attacked);
            AssertSame(sweep.Clean, point.Clean);
        }
        Assert.True(sweep.Points[^1].RobustAccuracy < sweep.Clean.Accuracy);
    }

    [Fact]
    public void Run_WithAnotherAttack_GivesWhatThatAttackGives()
    {
        var (model, data) = (TinyModels.SmallCnn(), Images(20));
        static PGD Attack(double eps) => new(eps, eps / 2, steps: 3, randomStart: false);

        var sweep = EpsSweep.Run(model, data, [0.1, 0.3], attack: Attack);

        AssertSame(Predictions.Of(model, data), sweep.Clean);
        foreach (var point in sweep.Points)
            AssertSame(Predictions.Under(Attack(point.Eps), model, data), point.Attacked);
    }

    [Fact]
    public void Run_WithoutBounds_ClipsNothing()
    {
        var (recorder, data) = (new Recorder(TinyModels.SmallCnn()), Images(10));

        EpsSweep.Run(recorder, data, [0.3], bounds: Bounds.None);

        var moved = data.Images.Floats().Zip(recorder.Calls[^1].Input, (x, adversarial) => Math.Abs(adversarial - x)).Where(d => d > 0).ToArray();
        Assert.All(moved, d => Assert.Equal(0.3f, d, 1e-6f));
        Assert.Contains(recorder.Calls[^1].Input, p => p < 0);
        Assert.Contains(recorder.Calls[^1].Input, p => p > 1);
    }

    private static void AssertSame(Predictions expected, Predictions actual)
    {
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Predicted, actual.Predicted);
        Engine.AssertSame(expected.Confidence, actual.Confidence);
    }

    [Fact]
    public void Run_TakesOneGradientAnImageForAllEps()
    {
        var recorder = new Recorder(TinyModels.SmallCnn());
        var data = Images(640);

        EpsSweep.Run(recorder, data, Eps);

        // The call for the gradient also gives the clean predictions; each eps costs one more, without a graph.
        Assert.Equal(640, recorder.Calls.Where(c => c.WantsGradient).Sum(c => c.Count));
        Assert.Equal(data.Images.Floats(), recorder.Calls.Where(c => c.WantsGradient).SelectMany(c => c.Input));
        Assert.Equal(640 * Eps.Length, recorder.Calls.Where(c => !c.WantsGradient).Sum(c => c.Count));
        Assert.All(recorder.Calls, c => Assert.Equal(c.WantsGradient, c.GradientsOn));
        Assert.All(recorder.Calls, c => Assert.False(c.Training));
    }

    [Fact]
    public void Run_WithEps0_GivesTheCleanPredictions()
    {
        var sweep = EpsSweep.Run(TinyModels.SmallCnn(), Images(30), [0]);

        AssertSame(sweep.Clean, sweep.At(0).Attacked);
        Assert.Equal(sweep.Clean.Accuracy, sweep.At(0).RobustAccuracy);
        Assert.Equal(0, sweep.At(0).SuccessRate);
    }

    [Fact]
    public void Run_LeavesModelAndDataAsTheyWere()
    {
        var (model, data) = (TinyModels.WithDropout(), TinyProblem.Images(20));
        var (weights, images, labels) = (model.Weights(), data.Images.Bits(), data.Labels.data<long>().ToArray());

        EpsSweep.Run(model, data, Eps);

        Assert.DoesNotContain(false, model.Modes());
        Assert.Equal(weights, model.Weights());
        Assert.All(model.parameters(), p => Assert.Null(p.grad));
        Assert.Equal(images, data.Images.Bits());
        Assert.Equal(labels, data.Labels.data<long>().ToArray());
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Run_LeavesNoTensorInTheScope()
    {
        var (model, data) = (TinyModels.WithDropout(), TinyProblem.Images(20));
        using var scope = NewDisposeScope();

        EpsSweep.Run(model, data, Eps);

        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void SuccessRate_IsTheShareOfTheInitiallyCorrectThatTheAttackTurns()
    {
        // Images 0 to 3 are right at first; 1 and 2 are turned. Image 4 was wrong and stays so, 5 was wrong and is put right.
        var clean = new Predictions([0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 0, 0], new float[6]);
        var attacked = clean with { Predicted = [0, 1, 2, 1, 1, 2] };

        var point = new EpsPoint(0.1, clean, attacked);

        Assert.Equal(50, point.SuccessRate);
        Assert.Equal(50, point.RobustAccuracy);
    }

    [Fact]
    public void SuccessRate_WhereNoImageIsPutRight_IsOneMinusRobustOverClean()
    {
        var clean = new Predictions([0, 1, 2, 3, 4], [0, 1, 2, 3, 0], new float[5]);
        var point = new EpsPoint(0.1, clean, clean with { Predicted = [0, 0, 2, 3, 0] });

        Assert.Equal(100 * (1 - point.RobustAccuracy / clean.Accuracy), point.SuccessRate, 1e-9);
        Assert.Equal(25, point.SuccessRate);
    }

    [Fact]
    public void ZeroGradients_OfAConstantModel_AreAllImages_AndNothingIsTurned()
    {
        var sweep = EpsSweep.Run(TinyModels.Linear(new float[64], new float[64], new float[64]), Images(20) with { Labels = zeros([20], int64) }, Eps);

        Assert.Equal(100, sweep.ZeroGradients);
        Assert.All(sweep.Points, p => AssertSame(sweep.Clean, p.Attacked));
        Assert.All(sweep.Points, p => Assert.Equal((100.0, 0.0), (p.RobustAccuracy, p.SuccessRate)));
    }

    /// <summary>Logits 0 and 200 x: at x = 1 and label 1 the loss is 0 in float32, and so is its gradient.</summary>
    [Fact]
    public void ZeroGradients_CountsTheImagesWhoseLossHasReached0()
    {
        var data = new TensorSet(tensor([1f, 0.001f, 1f, 0.002f], [4, 1, 1, 1]), Labels(1, 1, 0, 0));

        Assert.Equal(25, EpsSweep.Run(TinyModels.Linear([0], [200]), data, Eps).ZeroGradients);
    }

    [Fact]
    public void ZeroGradients_DoesNotCountImagesWithSomeGradient() =>
        Assert.Equal(0, EpsSweep.Run(TinyModels.Linear([0, 0], [0, 1]), new TensorSet(rand(5, 1, 1, 2), Labels(0, 1, 0, 1, 0)), Eps).ZeroGradients);

    [Fact]
    public void Run_Progress_RisesToTheEnd()
    {
        var listener = new Listener();

        EpsSweep.Run(TinyModels.SmallCnn(), Images(700), [0.1], listener, "sweep");

        Assert.Equal([("sweep", 1, 3), ("sweep", 2, 3), ("sweep", 3, 3)], listener.Reports.Select(r => (r.Title, r.Step, r.Steps)));
        Assert.Equal(1, listener.Reports[^1].Fraction());
    }

    [Fact]
    public void Run_OfOneFullBatch_IsOneStep()
    {
        var listener = new Listener();

        EpsSweep.Run(TinyModels.SmallCnn(), Images(250), [0.1], listener);

        Assert.Equal([(1, 1)], listener.Reports.Select(r => (r.Step, r.Steps)));
    }

    [Fact]
    public void Run_WithoutEps_GivesTheCleanPredictionsAlone()
    {
        var (model, data) = (TinyModels.SmallCnn(), Images(10));

        var sweep = EpsSweep.Run(model, data, []);

        Assert.Empty(sweep.Points);
        AssertSame(Predictions.Of(model, data), sweep.Clean);
    }

    [Fact]
    public void Run_Cancelled_Stops_AndRestoresTheModel()
    {
        using var source = new CancellationTokenSource();
        var recorder = new Recorder(TinyModels.SmallCnn());

        Assert.Throws<OperationCanceledException>(() => EpsSweep.Run(recorder, Images(1100), [0.1], new Listener(_ => source.Cancel()), cancellation: source.Token));

        Assert.Equal([250, 250], recorder.Calls.Select(c => c.Count));
        Assert.DoesNotContain(false, recorder.Modes());
        Assert.True(is_grad_enabled());
        Assert.Throws<OperationCanceledException>(() => EpsSweep.Run(recorder, Images(10), [0.1], cancellation: source.Token));
        Assert.Equal(2, recorder.Calls.Count);
    }

    [Fact]
    public void Run_WithBadEpsOrPixels_Throws()
    {
        var recorder = new Recorder(TinyModels.SmallCnn());

        Assert.Throws<ArgumentOutOfRangeException>(() => EpsSweep.Run(recorder, Images(3), [0.1, -0.1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => EpsSweep.Run(recorder, Images(3), [double.NaN]));
        AssertOneLine(Assert.Throws<ArgumentException>(() => EpsSweep.Run(recorder, Images(3) with { Images = full([3, 1, 8, 8], 200f) }, [0.1])), "200", "bounds 0 to 1");
        Assert.Empty(recorder.Calls);
    }

    [Fact]
    public void At_GivesThePointOfThatEps_AndNamesTheOthersWhereThereIsNone()
    {
        var sweep = EpsSweep.Run(TinyModels.SmallCnn(), Images(3), [0.1, 0.25]);

        Assert.Equal(0.25, sweep.At(0.25).Eps);
        AssertOneLine(Assert.Throws<ArgumentException>(() => sweep.At(8 / 255)), "eps 0 ", "0.1, 0.25");
    }

    /// <summary>Three images, of which the second is wrong from the start; eps 0.1 turns the first, 0.2 puts it right and turns the third.</summary>
    [Fact]
    public void ToDataFrame_HasARowForEachEpsAndImage()
    {
        var clean = new Predictions([7, 2, 1], [7, 3, 1], [0.9f, 0.8f, 0.7f]);
        EpsPoint Point(double eps, params long[] predicted) => new(eps, clean, clean with { Predicted = predicted });

        var frame = new EpsSweep(clean, [Point(0.1, 1, 3, 1), Point(0.2, 7, 2, 5)], 0).ToDataFrame();

        Assert.Equal(["image", "eps", "label", "predicted", "confidence", "correct", "turned"], frame.Columns.Select(c => c.Name));
        Assert.Equal(
        [
            [0, 0.1, 7L, 1L, 0.9f, false, true],
            [1, 0.1, 2L, 3L, 0.8f, false, false],
            [2, 0.1, 1L, 1L, 0.7f, true, false],
            [0, 0.2, 7L, 7L, 0.9f, true, false],
            [1, 0.2, 2L, 2L, 0.8f, true, false],
            [2, 0.2, 1L, 5L, 0.7f, false, true],
        ], frame.Rows.Select(row => row.ToArray()));
    }

    /// <summary>What a notebook asks: how sure the model is of its wrong answers, at each eps.</summary>
    [Fact]
    public void ToDataFrame_CanBeGroupedByEps()
    {
        var clean = new Predictions([0, 0], [1, 1], [0.5f, 1f]);
        var sure = clean with { Confidence = [1f, 1f] };
        var frame = new EpsSweep(clean, [new(0.1, clean, clean), new(0.2, clean, sure)], 0).ToDataFrame();

        var means = frame.GroupBy("eps").Mean("confidence");

        Assert.Equal([0.1, 0.2], means["eps"].Cast<double>());
        Assert.Equal([0.75, 1], means["confidence"].Cast<object>().Select(Convert.ToDouble));
    }
}
