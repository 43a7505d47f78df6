using Fgsm.Attacks;
using Fgsm.Training;

namespace Fgsm.Tests;

public sealed class OverfittingCheckTests : IDisposable
{
    private const double Eps = 0.1;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// Right about a pixel of 0.7 and under FGSM, whose long step leaps over the dip at 0.66 that PGD's short ones fall into: a network
    /// that has overfitted. At <see cref="Good"/> 1 there is no dip.
    /// </summary>
    private sealed class Banded : nn.Module<Tensor, Tensor>
    {
        private readonly Linear good = nn.Linear(1, 1, hasBias: false);

        public Banded() : base("Banded") => RegisterComponents();

        public float Good
        {
            get => good.weight.item<float>();
            set
            {
                using var grad = no_grad();
                good.weight.fill_(value);
            }
        }

        public override Tensor forward(Tensor input)
        {
            var score = 1 - ((input.flatten(1) - 0.66f).square() * -1000f).exp() * 3f * (1 - good.weight);
            return cat([score.neg(), score], 1);
        }
    }

    private static readonly Data.TensorSet HeldOut = new(full([8, 1, 1, 1], 0.7f), tensor(Enumerable.Repeat(1L, 8).ToArray()));

    private static (Banded Model, OverfittingCheck Check, IReadOnlyList<EpochResult> Epochs) Train(float[] goodness, bool stop = true)
    {
        var (model, check) = (new Banded(), new OverfittingCheck(HeldOut, Eps) { Stop = stop });
        var epochs = new Trainer(model, optim.SGD(model.parameters(), 0))
        {
            Overfitting = check,
            AfterEpoch = e => model.Good = goodness[e.Epoch - 1],
        }.Fit(HeldOut, goodness.Length);
        return (model, check, epochs);
    }

    [Fact]
    public void Fit_ThatCollapses_WarnsAndEndsWithTheLastGoodWeights()
    {
        var (model, check, epochs) = Train([0.9f, 1, 0, 0.5f]);

        Assert.Equal(3, epochs.Count);
        Assert.Equal(1, model.Good);
        Assert.Equal(2, check.LastGood);
        Assert.Equal([(100, 100), (100, 100), (100, 0)], check.Epochs);
        Assert.Equal("Catastrophic overfitting in epoch 3: of 8 held-out images 100.0 % withstand FGSM, 0.0 % PGD; the last good epoch is 2.",
            check.Warning);
    }

    [Fact]
    public void Fit_WithoutStop_OnlyWarns()
    {
        var (model, check, epochs) = Train([1, 0, 0], stop: false);

        Assert.Equal(3, epochs.Count);
        Assert.Equal(0, model.Good);
        Assert.Contains("in epoch 2", check.Warning);
    }

    [Fact]
    public void Fit_ThatWasNeverGood_WarnsAndGoesOn()
    {
        var (_, check, epochs) = Train([0, 0]);

        Assert.Equal(2, epochs.Count);
        Assert.Contains("the last good epoch is none", check.Warning);
    }

    [Fact]
    public void Fit_OfATrainingThatStaysGood_IsTheSameToTheBit_AndHasNoWarning()
    {
        var data = TinyProblem.Images(40);
        string[] Weights(OverfittingCheck? check)
        {
            var model = TinyModels.WithDropout(1);
            new Trainer(model, optim.SGD(model.parameters(), 0.1), new AdversarialExamples(new FGSM(0.02), 1)) { Overfitting = check }.Fit(data, 3);
            return model.Weights();
        }
        var check = new OverfittingCheck(TinyProblem.Images(20, seed: 8), 0.02);

        Assert.Equal(Weights(null), Weights(check));
        Assert.Null(check.Warning);
        Assert.Equal(3, check.Epochs.Count);
    }

    [Fact]
    public void Fit_BegunAgainFromACheckpoint_EndsAtTheSameWeights()
    {
        var data = TinyProblem.Images(40);
        (string[] Weights, int Epochs, DateTimeOffset? Kept) Run()
        {
            var model = TinyModels.WithDropout(1);
            var results = new Trainer(model, optim.SGD(model.parameters(), 0.1))
            {
                Overfitting = new OverfittingCheck(data, 0.02),
                Checkpoint = new Checkpoint(Path.Combine(folder, "model.pth")),
            }.Fit(data, 2);
            return (model.Weights(), results.Count, results[^1].Kept);
        }

        var (first, again) = (Run(), Run());

        Assert.Equal(first.Weights, again.Weights);
        Assert.Equal((2, 2), (first.Epochs, again.Epochs));
        Assert.Null(first.Kept);
        Assert.NotNull(again.Kept);
    }
}
