using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public sealed class LookaheadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>With rate 1 every step adds 1 to the one weight of a network, whose image is 1.</summary>
    private sealed class Upwards : Objective
    {
        protected internal override (Tensor, Tensor) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
        {
            var logits = model.call(x);
            return (-logits.sum(), logits);
        }
    }

    private static float AfterSteps(int count, Lookahead lookahead)
    {
        var model = TinyModels.Linear([0f]);
        var one = new TensorSet(ones(1, 1, 1, 1).expand(count, 1, 1, 1).clone(), zeros([count], dtype: int64));
        new Trainer(model, optim.SGD(model.parameters(), 1), lookahead) { BatchSize = 1 }.Fit(one, 1);
        return model.call(ones(1, 1)).item<float>();
    }

    /// <summary>
    /// Two steps to 2, of which 0.8 (2 / 4)^3 = 0.1 goes back: 1.8. Two more to 3.8, of which 0.8 goes back: 1.8 + 0.2 · 2.
    /// </summary>
    [Fact]
    public void EveryFewSteps_AShareGoesBack_WhichRisesWithTheThirdPowerOfTheTime() =>
        Assert.Equal(2.2f, AfterSteps(4, new Lookahead(new Upwards(), steps: 4, every: 2, share: 0.8)), 1e-6f);

    /// <summary>
    /// Of three steps by twos the first look back is after one, of 0.5 (1 / 3)^3; then two more steps, of which half goes back.
    /// </summary>
    [Fact]
    public void TheLastStep_IsFollowedByALookBack() => Assert.Equal(
        1 - 0.5 / 27 + 1, AfterSteps(3, new Lookahead(new Upwards(), steps: 3, every: 2, share: 0.5)), 1e-6);

    [Fact]
    public void Buffers_GoBackLikeWeights()
    {
        var model = nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(16, 2));
        var before = model.state_dict().ToDictionary(w => w.Key, w => w.Value.to(float32).Sha256());

        new Trainer(model, optim.SGD(model.parameters(), 1), new Lookahead(new CrossEntropy(), steps: 1, share: 1))
            .Fit(TinyProblem.Images(8), 1);

        Assert.Equal(["0.num_batches_tracked"],
            model.state_dict().Where(w => w.Value.to(float32).Sha256() != before[w.Key]).Select(w => w.Key));
    }

    [Fact]
    public void ATrainingThatWasStopped_GoesOnToTheSameBits()
    {
        var (path, images) = (folder.File("kept"), TinyProblem.Images(40));
        float[] Trained(int epochs, Checkpoint? checkpoint = null)
        {
            var model = TinyModels.WithDropout(1);
            new Trainer(model, optim.SGD(model.parameters(), 0.1), new Lookahead(new CrossEntropy(), steps: 28, every: 5))
                { BatchSize = 6, Checkpoint = checkpoint }.Fit(images, epochs);
            return [.. model.parameters().SelectMany(p => p.Floats())];
        }
        Trained(2, new Checkpoint(path));

        Assert.Equal(Trained(4), Trained(4, new Checkpoint(path)));
    }

    [Fact]
    public void ABadNumber_IsRefused()
    {
        Lookahead Of(int steps = 1, int every = 1, double share = 0) => new(new CrossEntropy(), steps, every, share);

        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => Of(steps: 0)), "steps and every must be 1 or more", "got 0 and 1");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => Of(every: 0)), "got 1 and 0");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => Of(share: double.NaN)), "share must be from 0 to 1", "got NaN");
    }
}
