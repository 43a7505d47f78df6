using Fgsm.Training;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

public class AveragedModelTests
{
    private static readonly float[] Updates = [1, 2, 6];

    private static float AfterUpdates(AveragedModel average)
    {
        foreach (var weight in Updates)
            average.update_parameters(TinyModels.Linear([weight]));
        return average.call(tensor(new[] { 1f }, [1, 1])).item<float>();
    }

    [Fact]
    public void UpdateParameters_Alone_GivesTheMeanOfAllUpdates()
    {
        var average = new AveragedModel(TinyModels.Linear([100f]));

        Assert.Equal(3, AfterUpdates(average), 1e-6f);
        Assert.Equal(3, average.n_averaged);
    }

    /// <summary>(1 / 2 + 2 / 2) / 2 + 6 / 2: the first update is taken whole.</summary>
    [Fact]
    public void UpdateParameters_WithEma_ForgetsOldWeightsExponentially() =>
        Assert.Equal(3.75f, AfterUpdates(new AveragedModel(TinyModels.Linear([100f]), AveragedModel.get_ema_avg_fn(0.5))), 1e-6f);

    [Fact]
    public void UpdateParameters_LeavesTheNetworkThatTrains_AndTakesItsLastBuffers()
    {
        var (model, average) = (nn.BatchNorm2d(1), new AveragedModel(nn.BatchNorm2d(1)));
        model.call(rand(4, 1, 2, 2));
        average.update_parameters(model);
        model.call(rand(4, 1, 2, 2) + 5);
        var before = model.state_dict().Values.Select(w => w.to(float32).Sha256()).ToArray();

        average.update_parameters(model);

        Assert.Equal(before, model.state_dict().Values.Select(w => w.to(float32).Sha256()));
        Assert.Equal(model.named_buffers().Select(b => b.buffer.to(float32).Sha256()),
            average.named_buffers().Select(b => b.buffer.to(float32).Sha256()));
    }

    [Fact]
    public void UpdateParameters_OfAnotherNetwork_AndABadDecay_AreRefused()
    {
        var average = new AveragedModel(TinyModels.SmallCnn());

        AssertOneLine(Assert.Throws<ArgumentException>(() => average.update_parameters(TinyModels.WithDropout())), "AveragedModel", "other layers");
        AssertOneLine(Assert.Throws<ArgumentOutOfRangeException>(() => AveragedModel.get_ema_avg_fn(1.5)), "decay", "got 1.5");
    }
}
