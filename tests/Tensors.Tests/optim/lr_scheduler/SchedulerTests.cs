using static Fgsm.Tensors.torch;
using static Fgsm.Tensors.torch.optim.lr_scheduler;

namespace Fgsm.Tensors.Tests;

public class SchedulerTests
{
    private static optim.Optimizer Sgd(double lr = 0.1) => optim.SGD(nn.Linear(2, 2).parameters(), lr);

    private static double Rate(optim.Optimizer optimizer) => optimizer.ParamGroups.Single().LearningRate;

    [Fact]
    public void AScheduler_MadeAfterTheLearningRateWasChanged_StartsFromTheNewOne()
    {
        var optimizer = Sgd();
        optimizer.ParamGroups.Single().LearningRate = 0.4;

        LambdaLR(optimizer, epoch => epoch + 0.5).step();

        Assert.Equal(0.4, optimizer.ParamGroups.Single().InitialLearningRate);
        Assert.Equal(0.4 * 1.5, Rate(optimizer));
    }

    [Fact]
    public void ASecondScheduler_StartsFromWhereTheFirstStarted()
    {
        var optimizer = Sgd(0.4);
        LambdaLR(optimizer, _ => 0.5);

        LambdaLR(optimizer, _ => 0.25);

        Assert.Equal(0.1, Rate(optimizer));
    }

    /// <summary>Chained schedulers multiply, as in PyTorch.</summary>
    [Fact]
    public void StepLR_GoesOnFromALearningRateThatWasChanged()
    {
        var optimizer = Sgd();
        var scheduler = StepLR(optimizer, 1, gamma: 0.5);
        optimizer.ParamGroups.Single().LearningRate = 8;

        scheduler.step();

        Assert.Equal(4, Rate(optimizer));
        Assert.Equal([4.0], scheduler.get_last_lr());
    }

    [Fact]
    public void TwoGroups_MadeWithTheSameOptions_HaveLearningRatesOfTheirOwn()
    {
        var (layer, options) = (nn.Linear(2, 2), new Modules.SGD.Options { weight_decay = 0.5 });
        var optimizer = optim.SGD(layer.parameters().Select(p => new Modules.SGD.ParamGroup([p], options)), 0.5);
        var scheduler = StepLR(optimizer, 1, gamma: 0.5);

        scheduler.step();

        Assert.Equal([0.25, 0.25], optimizer.ParamGroups.Select(g => g.LearningRate));
        Assert.Null(options.LearningRate);
    }

    [Fact]
    public void AGroupAddedLater_IsLeftAlone()
    {
        var optimizer = Sgd();
        var scheduler = StepLR(optimizer, 1, gamma: 0.5);
        optimizer.add_param_group(new Modules.SGD.ParamGroup(nn.Linear(2, 2).parameters(), lr: 3));

        scheduler.step();

        Assert.Equal([0.05, 3], optimizer.ParamGroups.Select(g => g.LearningRate));
    }

    /// <summary>pct_start times total_steps is 1: PyTorch divides by 0.</summary>
    [Fact]
    public void OneCycleLR_ThatGoesUpInOneStep_StartsAtTheTop()
    {
        var optimizer = Sgd();
        var scheduler = OneCycleLR(optimizer, max_lr: 0.5, total_steps: 10, pct_start: 0.1);
        Assert.Equal(0.5, Rate(optimizer));

        for (var step = 1; step < 10; step++)
            scheduler.step();

        Assert.Equal(0.5 / 25 / 1e4, Rate(optimizer), 1e-18);
    }

    [Fact]
    public void OneCycleLR_SteppedTooOften_SaysSo_AndChangesNothing()
    {
        var optimizer = Sgd();
        var scheduler = OneCycleLR(optimizer, max_lr: 0.5, total_steps: 2, pct_start: 0.5);
        scheduler.step();
        scheduler.step();
        var before = Rate(optimizer);

        Assert.Equal("OneCycleLR: step 3 of a schedule of 2", Assert.Throws<InvalidOperationException>(scheduler.step).Message);
        Assert.Equal(before, Rate(optimizer));
    }

    [Fact]
    public void Adam_WithABeta1ThatChanges_CorrectsItsBiasByTheNewOne_AsInPyTorch()
    {
        var parameter = new Modules.Parameter(tensor(new float[] { 1 }));
        var optimizer = optim.Adam([parameter], lr: 0.5, beta1: 0.5, beta2: 0.75, eps: 0);
        parameter.grad = tensor(new float[] { 4 });
        optimizer.step();
        ((Modules.Adam.ParamGroup)optimizer.ParamGroups.Single()).Betas = (0.25, 0.75);
        optimizer.step();

        // m = 0.5 * 4 = 2, v = 0.25 * 16 = 4; the first step is lr * 4 / sqrt(16). Then m = 0.25 * 2 + 0.75 * 4, v = 0.75 * 4 + 4.
        var second = 0.5 * (3.5 / (1 - 0.25 * 0.25)) / Math.Sqrt(7 / (1 - 0.75 * 0.75));
        Assert.Equal(1 - 0.5 - second, parameter.item<float>(), 1e-6);
    }
}
