using Fgsm.Models;

namespace Fgsm.Tests;

public class ModuleExtensionsTests
{
    [Fact]
    public void CountParameters_CountsWeightsAndBiases() =>
        Assert.Equal(4 * 9 + 4 + 64 * 10 + 10, TinyModels.SmallCnn().CountParameters());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InEvalMode_PutsTheModelBackAsItWas(bool training)
    {
        var model = TinyModels.WithDropout();
        model.train(training);

        using (model.InEvalMode())
        {
            Assert.DoesNotContain(true, model.Modes());
            using (model.InEvalMode())
                Assert.DoesNotContain(true, model.Modes());
            Assert.DoesNotContain(true, model.Modes());
        }

        Assert.DoesNotContain(!training, model.Modes());
    }

    [Fact]
    public void InEvalMode_RestoresPartsThatHaveModesOfTheirOwn()
    {
        var inner = TinyModels.WithDropout();
        var model = nn.Sequential(("inner", inner), ("dropout", nn.Dropout(0.5)));
        inner.eval();
        inner.children().Last().train();
        var before = model.Modes();
        Assert.Contains(true, before);
        Assert.Contains(false, before);

        using (model.InEvalMode())
            Assert.DoesNotContain(true, model.Modes());

        Assert.Equal(before, model.Modes());
    }

    [Fact]
    public void InEvalMode_RestoresAfterAnException()
    {
        var model = TinyModels.WithDropout();

        Assert.ThrowsAny<Exception>(() =>
        {
            using (model.InEvalMode())
                model.call(zeros(1, 1, 3, 3));
        });

        Assert.DoesNotContain(false, model.Modes());
    }

    [Fact]
    public void CopyTo_GivesTheOtherNetworkTheSameWeights_WhichThenGoTheirOwnWay()
    {
        var (model, other) = (TinyModels.SmallCnn(seed: 1), TinyModels.SmallCnn(seed: 2));
        Assert.NotEqual(model.Weights(), other.Weights());
        var before = model.Weights();

        Assert.Same(other, model.CopyTo(other));

        Assert.Equal(before, other.Weights());
        using (no_grad())
            other.parameters().First().zero_();
        Assert.Equal(before, model.Weights());
    }
}
