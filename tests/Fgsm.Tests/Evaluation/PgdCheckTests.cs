using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;

namespace Fgsm.Tests;

public class PgdCheckTests
{
    private static readonly double[] Eps = [0.05, 0.2];

    private readonly Sequential model = TinyModels.SmallCnn();
    private readonly TensorSet data;
    private readonly EpsSweep sweep;

    public PgdCheckTests()
    {
        manual_seed(9);
        var images = rand(30, 1, 8, 8);
        data = new(images, model.call(images).argmax(1));
        sweep = EpsSweep.Run(model, data, Eps);
    }

    [Fact]
    public void Of_AttacksTheFirstImagesWithTenSteps_FromTheSameSeedAtEachEps()
    {
        var check = PgdCheck.Of(model, data, sweep, 20, seed: 5);

        Assert.Equal(20, check.Count);
        foreach (var eps in Eps)
        {
            manual_seed(5);
            var expected = Predictions.Under(new PGD(eps, eps / 4, steps: 10), model, data.Range(0, 20));
            Assert.Equal(expected.Predicted, check.PredictionsAt(eps).Predicted);
            Assert.Equal(expected.Accuracy, check.PgdAt(eps));
        }
        Assert.True(check.PgdAt(0.2) < check.PgdAt(0.05));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_ClipsToTheBoundsItIsGiven(bool clipped)
    {
        var recorder = new Recorder(model);

        PgdCheck.Of(recorder, data, sweep, 20, seed: 5, bounds: clipped ? null : Bounds.None);

        Assert.Equal(clipped, recorder.Calls.SelectMany(c => c.Input).All(p => p is >= 0 and <= 1));
    }

    [Fact]
    public void TheFigures_AreThoseOfTheFirstImages()
    {
        // The sweep is wrong of the first image only without attack, and right of the third only under attack.
        Predictions Of(params long[] predicted) => new([0, 0, 0, 0], predicted, [1, 1, 1, 1]);
        var clean = Of(1, 0, 0, 0);
        var check = new PgdCheck(new(clean, [new(0.3, clean, Of(1, 1, 0, 1))], 0), [Of(1, 1).Take(2)]);

        Assert.Equal((2, 50, 0, 0), (check.Count, check.Clean, check.FgsmAt(0.3), check.PgdAt(0.3)));
    }

    [Fact]
    public void Of_MoreImagesThanThereAre_TakesAll() => Assert.Equal(30, PgdCheck.Of(model, data, sweep, 1000, seed: 5).Count);

    [Fact]
    public void Of_TellsOfEachEps()
    {
        var listener = new Listener();

        PgdCheck.Of(model, data, sweep, 5, seed: 5, listener, "check");

        Assert.Equal([("check", 1, 2), ("check", 2, 2)], listener.Reports.Select(p => (p.Title, p.Step, p.Steps)));
    }

    [Fact]
    public void Warnings_AreThoseOfTheEpsAskedFor()
    {
        Predictions All(long predicted) => new(new long[20], [.. Enumerable.Repeat(predicted, 20)], new float[20]);
        var check = new PgdCheck(new(All(0), [new(0.1, All(0), All(0)), new(0.3, All(0), All(0))], 0), [All(0), All(1)]);

        Assert.Empty(check.Warnings(0.1));
        Assert.Contains("catastrophic overfitting", Assert.Single(check.Warnings(0.3)));
    }
}
