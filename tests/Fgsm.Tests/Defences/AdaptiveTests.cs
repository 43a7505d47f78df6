using Fgsm.Attacks;
using Fgsm.Defences;
using static Fgsm.Tests.TestTensors;

namespace Fgsm.Tests;

/// <summary>What attacks need against layers without gradients (BPDA) and with random ones (EOT).</summary>
public class AdaptiveTests
{
    private readonly Tensor x;
    private readonly Tensor y = Labels(0, 1, 2);

    public AdaptiveTests()
    {
        manual_seed(2);
        x = rand(3, 1, 8, 8);
    }

    [Fact]
    public void StraightThrough_GivesTheLayersBits_AndTheGradientOfTheIdentity()
    {
        var (layer, weights, input) = (new BitDepth(3), rand(3, 1, 8, 8), x.clone().requires_grad_());

        var output = new StraightThrough(layer).call(input);
        (output * weights).sum().backward();

        Assert.Equal(layer.call(x).Bits(), output.detach().Bits());
        Assert.Equal(weights.Bits(), input.grad!.Bits());
    }

    /// <summary>A network whose draws add a known image each time: the mean log-probability and its gradient, by finite differences.</summary>
    [Fact]
    public void Expectation_IsTheMeanLogProbability_AndSoIsItsGradient()
    {
        var cnn = TinyModels.SmallCnn();
        var expectation = new Expectation(new Noisy(cnn), draws: 4);

        manual_seed(7);
        var input = x.clone().requires_grad_();
        var mean = expectation.call(input);
        mean[0, 3].backward();
        var gradient = input.grad![0].Floats();

        double At(Tensor images, int image, int label)
        {
            manual_seed(7);
            return Enumerable.Range(0, 4).Select(_ => (double)nn.functional.log_softmax(cnn.call(images + randn_like(images) * 0.1), 1)[image, label].item<float>()).Average();
        }
        Assert.Equal(At(x, 2, 5), mean[2, 5].item<float>(), 1e-5);
        foreach (var i in new[] { 0, 9, 27, 36, 63 })
        {
            Tensor Moved(float step)
            {
                var moved = x.clone();
                moved[0, 0, i / 8, i % 8] = x[0].Floats()[i] + step;
                return moved;
            }
            Assert.Equal((At(Moved(1e-2f), 0, 3) - At(Moved(-1e-2f), 0, 3)) / 2e-2, gradient[i], 5e-3);
        }
    }

    [Fact]
    public void CraftedOn_IsTheAttackOnTheSurrogate_WhateverTheModel()
    {
        var (surrogate, other) = (TinyModels.SmallCnn(seed: 1), TinyModels.SmallCnn(seed: 2));
        var crafted = new CraftedOn(surrogate, new FGSM(0.1));

        Assert.Equal(new FGSM(0.1).Attack(surrogate, x, y).Bits(), crafted.Attack(other, x, y).Bits());
        Assert.Equal((0.1, Norm.LInf), (crafted.Eps, crafted.Norm));
        Assert.StartsWith("FGSM(eps: 0.1", crafted.ToString());
    }

    [Fact]
    public void NoDraws_AreRefused() => AssertOneLine(
        Assert.Throws<ArgumentOutOfRangeException>(() => new Expectation(TinyModels.SmallCnn(), draws: 0)), "draws", "1 or more");

    private sealed class Noisy : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> cnn;

        public Noisy(nn.Module<Tensor, Tensor> cnn) : base("Noisy")
        {
            this.cnn = cnn;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => cnn.call(input + randn_like(input) * 0.1);
    }
}
