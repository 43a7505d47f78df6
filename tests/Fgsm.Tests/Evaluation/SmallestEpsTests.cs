using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class SmallestEpsTests
{
    private const double Step = SmallestEps.Resolution;

    /// <summary>Labels are the model's own answers, but for every fifth image, which is wrong from the start.</summary>
    private static TensorSet Images(nn.Module<Tensor, Tensor> model, int count)
    {
        manual_seed(9);
        var images = rand(count, 1, 8, 8);
        var labels = model.call(images).argmax(1).data<long>().ToArray();
        return new TensorSet(images, tensor([.. labels.Select((label, i) => i % 5 == 0 ? (label + 1) % 10 : label)]));
    }

    private static bool IsRight(nn.Module<Tensor, Tensor> model, TensorSet image, double eps) =>
        Predictions.Of(model, image with { Images = new FGSM(eps).Attack(model, image.Images, image.Labels) }).IsCorrect(0);

    /// <summary>More images than a batch of the search; the attack itself judges, one image at a time.</summary>
    [Fact]
    public void Search_AtTheEpsFoundTheModelIsWrong_AndOneStepBelowItIsRight()
    {
        var model = TinyModels.SmallCnn();
        var data = Images(model, 520);

        var found = SmallestEps.Search(model, data);

        Assert.Equal(520, found.Eps.Count);
        for (var i = 0; i < data.Count; i += i < 490 ? 7 : 1)
        {
            var (image, eps) = (data.Range(i, i + 1), found.Eps[i]);
            if (i % 5 == 0)
            {
                Assert.Equal(0, eps);
                continue;
            }
            Assert.InRange(eps, Step, 1);
            Assert.Equal(Math.Round(eps / Step), eps / Step);
            Assert.False(IsRight(model, image, eps), $"image {i} at {eps}");
            Assert.True(IsRight(model, image, eps - Step), $"image {i} at {eps - Step}");
        }
    }

    /// <summary>Logits 0 and 1 - 2x: with label 1 and x below 1/2, the answer turns just above 1/2 - x.</summary>
    [Theory]
    [InlineData(0.25, 0.25)]
    [InlineData(0.1, 0.4)]
    [InlineData(0.4999, 0.0001)]
    [InlineData(0, 0.5)]
    public void Search_OfALine_FindsTheBoundary(double pixel, double distance)
    {
        using var model = new Bump(x => 1 - x * 2);

        var found = SmallestEps.Search(model, new TensorSet(full([1, 1, 1, 1], pixel), Labels(1)));

        Assert.InRange(found.Eps[0], distance, distance + 2 * Step);
    }

    /// <summary>Wrong from 0.25 to 0.75 only: the attack at eps 1 fails, and a bisection of [0, 1] would say "never".</summary>
    [Fact]
    public void Search_WhereLargeStepsAreRightAgain_FindsTheFirstStepThatIsWrong()
    {
        using var model = new Bump(x => (x - 0.25) * (x - 0.75));
        var image = new TensorSet(zeros(1, 1, 1, 1), Labels(1));
        Assert.True(IsRight(model, image, 1));

        Assert.InRange(SmallestEps.Search(model, image).Eps[0], 0.25, 0.25 + 2 * Step);
    }

    /// <summary>Wrong above 0.96 only: of the steps of 1/16, at the last.</summary>
    [Fact]
    public void Search_WhereOnlyTheLastStepIsWrong_FindsTheBoundary()
    {
        using var model = new Bump(x => 0.96 - x);

        Assert.InRange(SmallestEps.Search(model, new TensorSet(zeros(1, 1, 1, 1), Labels(1))).Eps[0], 0.96, 0.96 + 2 * Step);
    }

    [Fact]
    public void Search_OfAModelThatNeverChangesItsMind_IsInfinity()
    {
        var constant = new Recorder(TinyModels.Linear(new float[64], new float[64]));

        var found = SmallestEps.Search(constant, new TensorSet(rand(3, 1, 8, 8), Labels(0, 0, 1)));

        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity, 0], found.Eps);
        Assert.Equal(2, found.NeverTurned);
        Assert.Empty(found.Turned);
        Assert.Equal(double.PositiveInfinity, found.Median());
        Assert.Equal(double.NaN, found.Median(label: 1));
        // All 16 steps and all 6 halvings.
        Assert.Equal(22, constant.Calls.Count(c => !c.WantsGradient));
    }

    /// <summary>FGSM by way of the door for any attack, and a reader's own attack whose boundary is known.</summary>
    [Fact]
    public void Search_OfAnyAttack_FindsTheEpsFromWhichItTurnsTheImage()
    {
        var model = TinyModels.SmallCnn();
        var data = Images(model, 30);
        using var line = new Bump(x => 1 - x * 2);
        var images = new TensorSet(tensor([0.25f, 0.1f, 0.9f, 0.45f]).reshape(4, 1, 1, 1), Labels(1, 1, 1, 1));

        Assert.Equal(SmallestEps.Search(model, data).Eps, SmallestEps.Search(model, data, attack: eps => new FGSM(eps)).Eps);
        var found = SmallestEps.Search(line, images, attack: eps => new Lighten(eps)).Eps;

        Assert.InRange(found[0], 0.25, 0.25 + 2 * Step);
        Assert.InRange(found[1], 0.4, 0.4 + 2 * Step);
        Assert.Equal(0, found[2]);
        Assert.InRange(found[3], 0.05, 0.05 + 2 * Step);
    }

    private sealed class Lighten(double eps) : FixedEpsAttack(eps)
    {
        protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => (x + Eps).clamp(0, 1);
    }

    [Fact]
    public void Search_TakesOneGradientAnImage_AndAtMost22Predictions()
    {
        var recorder = new Recorder(TinyModels.SmallCnn());

        SmallestEps.Search(recorder, Images(TinyModels.SmallCnn(), 20));

        Assert.Equal(1, recorder.Calls.Count(c => c.WantsGradient));
        Assert.InRange(recorder.Calls.Count(c => !c.WantsGradient), 7, 22);
        Assert.All(recorder.Calls, c => Assert.False(c.Training));
        Assert.True(recorder.training);
    }

    [Fact]
    public void Search_LeavesNoTensorInTheScope_AndTheImagesAsTheyWere()
    {
        var model = TinyModels.SmallCnn();
        var data = Images(model, 20);
        var before = data.Images.Bits();
        using var scope = NewDisposeScope();

        SmallestEps.Search(model, data);

        Assert.Equal(0, scope.DisposablesCount);
        Assert.Equal(before, data.Images.Bits());
    }

    [Fact]
    public void Search_OfPixelsOutsideTheBounds_Throws() =>
        AssertOneLine(Assert.Throws<ArgumentException>(() => SmallestEps.Search(TinyModels.SmallCnn(), new TensorSet(full([1, 1, 8, 8], 2f), Labels(0)))), "bounds 0 to 1");

    [Fact]
    public void Search_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        var model = TinyModels.SmallCnn();
        var data = Images(model, 700);
        var listener = new Listener(_ => source.Cancel());

        Assert.Throws<OperationCanceledException>(() => SmallestEps.Search(model, data, listener, "search", cancellation: source.Token));

        Assert.Equal([("search", 1, 3)], listener.Reports.Select(r => (r.Title, r.Step, r.Steps)));
    }

    [Fact]
    public void MedianAndTurned_LeaveOutTheImagesThatWereWrong_AndCountTheNeverTurnedInTheMedian()
    {
        var clean = new Predictions([0, 0, 0, 0, 1], [0, 0, 0, 1, 1], new float[5]);

        var found = new SmallestEps(clean, [0.5, 0.25, double.PositiveInfinity, 0, 0.125]);

        Assert.Equal([(4, 0.125), (1, 0.25), (0, 0.5)], found.Turned);
        Assert.Equal(1, found.NeverTurned);
        Assert.Equal(0.375, found.Median());
        Assert.Equal(0.5, found.Median(label: 0));
        Assert.Equal(0.125, found.Median(label: 1));
    }

    [Fact]
    public void Turned_HasAnImageThatOnlyTheLargestEpsTurns()
    {
        var found = new SmallestEps(new Predictions([3], [3], [0.5f]), [1]);

        Assert.Equal([(0, 1.0)], found.Turned);
        Assert.Equal(true, found.ToDataFrame()["turned"][0]);
    }

    [Fact]
    public void Search_OfOneFullBatch_IsOneStep()
    {
        var listener = new Listener();

        SmallestEps.Search(TinyModels.Linear(new float[64], new float[64]), new TensorSet(rand(250, 1, 8, 8), zeros([250], int64)), listener);

        Assert.Equal([(1, 1)], listener.Reports.Select(r => (r.Step, r.Steps)));
    }

    /// <summary>Two logits for images of one pixel: 0, and a function of the pixel.</summary>
    private sealed class Bump(Func<Tensor, Tensor> logit) : nn.Module<Tensor, Tensor>("Bump")
    {
        public override Tensor forward(Tensor input)
        {
            var x = input.reshape(-1, 1);
            return cat([x * 0, logit(x)], 1);
        }
    }

    [Fact]
    public void ToDataFrame_HasARowForEachImage_EmptyWhereNoEpsTurnsIt()
    {
        var clean = new Predictions([3, 3, 4], [3, 3, 9], [0.5f, 0.75f, 1f]);

        var frame = new SmallestEps(clean, [0.25, double.PositiveInfinity, 0]).ToDataFrame();

        Assert.Equal(["image", "label", "predicted", "confidence", "correct", "smallest_eps", "turned"], frame.Columns.Select(c => c.Name));
        Assert.Equal([0, 3L, 3L, 0.5f, true, 0.25, true], frame.Rows[0]);
        Assert.Equal([1, 3L, 3L, 0.75f, true, null, false], frame.Rows[1]);
        Assert.Equal([2, 4L, 9L, 1f, false, 0.0, false], frame.Rows[2]);
    }
}
