using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public sealed class WarmupTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TensorSet images = TinyProblem.Images(40);

    public void Dispose() => folder.Dispose();

    private static Objective At(double eps) => new AdversarialExamples(new FGSM(eps), share: 1);

    /// <summary>The weights after some epochs, of five batches each.</summary>
    private float[] Trained(Objective objective, int epochs, Checkpoint? checkpoint = null)
    {
        var model = TinyModels.WithDropout(1);
        new Trainer(model, optim.SGD(model.parameters(), 0.1), objective) { BatchSize = 8, Checkpoint = checkpoint }.Fit(images, epochs);
        return [.. model.parameters().SelectMany(p => p.Floats())];
    }

    [Fact]
    public void EachStage_IsItsOwnTraining_OneAfterTheOther()
    {
        var model = TinyModels.WithDropout(1);
        var optimizer = optim.SGD(model.parameters(), 0.1);
        foreach (var eps in new[] { 0.05, 0.1, 0.2, 0.2 })
            new Trainer(model, optimizer, At(eps)) { BatchSize = 8 }.Fit(images, 1);

        Assert.Equal(
            model.parameters().SelectMany(p => p.Floats()), Trained(new Warmup([At(0.05), At(0.1)], steps: 5, At(0.2)), 4));
    }

    [Fact]
    public void ATrainingThatWasStopped_GoesOnInItsStage()
    {
        var path = folder.File("kept");
        Objective Three() => new Warmup([At(0.05), At(0.1)], steps: 5, At(0.2));
        Trained(Three(), 2, new Checkpoint(path));

        Assert.Equal(Trained(Three(), 4), Trained(Three(), 4, new Checkpoint(path)));
    }

    /// <summary>Free training has a step of its own.</summary>
    [Fact]
    public void AStage_TakesItsOwnSteps() => Assert.Equal(
        Trained(new FreeTraining(0.1, replays: 3), 2), Trained(new Warmup([], steps: 1, new FreeTraining(0.1, replays: 3)), 2));

    [Fact]
    public void NoSteps_AreRefused() => AssertOneLine(
        Assert.Throws<ArgumentOutOfRangeException>(() => new Warmup([At(0.1)], steps: 0, At(0.2))), "steps must be 1 or more", "got 0");
}
