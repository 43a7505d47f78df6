using static Fgsm.Tensors.torch;
using F = Fgsm.Tensors.torch.nn.functional;

namespace Fgsm.Tensors.Tests;

/// <summary>What an op gives does not depend on how images lie in memory, and between layers the channels stay innermost.</summary>
public class LayoutTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Ops = new()
    {
        ["conv2d"] = x => F.conv2d(x, Weights(5, 19, 3, 3), Weights(5)),
        ["grouped conv2d"] = x => F.conv2d(x, Weights(38, 1, 3, 3), groups: 19),
        ["depthwise conv2d"] = x => F.conv2d(x, Weights(19, 1, 3, 3), groups: 19),
        ["conv_transpose2d"] = x => F.conv_transpose2d(x, Weights(19, 3, 3, 3), Weights(3), [2]),
        ["batch_norm"] = x => F.batch_norm(x, null, null, Weights(19), Weights(19), training: true),
        ["batch_norm in evaluation"] = x => F.batch_norm(x, Weights(19), ones(19), Weights(19), Weights(19)),
        ["max_pool2d"] = x => F.max_pool2d(x, 3, 2, 1),
        ["avg_pool2d"] = x => F.avg_pool2d(x, 2),
        ["mean of the planes"] = x => F.adaptive_avg_pool2d(x, 1),
        ["adaptive_avg_pool2d"] = x => F.adaptive_avg_pool2d(x, 3),
        ["relu"] = x => x.relu(),
        ["gelu"] = x => x.gelu(),
        ["leaky_relu"] = x => x.leaky_relu(0.2),
        ["exp"] = x => x.exp(),
        ["a product with itself and a sum"] = x => x * x + x * 0.5f,
        ["a product with another layout"] = x => x * Weights(3, 19, 7, 9) + (1 - x),
        ["a sum over the channels"] = x => x.sum([1]),
        ["cat"] = x => cat([x, x.relu(), x], 1),
        ["a slice"] = x => x[1.., 2..5],
        ["reshape"] = x => x.reshape(3, -1),
    };

    public static TheoryData<string> Names => [.. Ops.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Op_GivesTheSameBits_InEitherOrderOfTheElements(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var images = ChannelsLast();
        Assert.True(images.IsChannelsLast);
        var copy = images.detach().clone();
        images = ChannelsLast();
        Assert.False(copy.IsChannelsLast);

        var expected = Run(copy);
        var actual = Run(images);

        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Gradient, actual.Gradient);

        (int[] Output, int[] Gradient) Run(Tensor x)
        {
            x = x.detach().requires_grad_();
            var y = Ops[name](x);
            manual_seed(5);
            var upstream = randn(y.shape);
            return (Bits.Of(y), Bits.Of(autograd.grad([y], [x], [upstream])[0]));
        }
    }

    [Fact]
    public void BetweenTheLayersOfAResidualNetwork_TheChannelsStayInnermost()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        nn.Module<Tensor, Tensor>[] layers = [nn.BatchNorm2d(16), nn.ReLU(), nn.GELU(), nn.MaxPool2d(2), nn.AvgPool2d(3, 1, 1),
            nn.Identity(), nn.Conv2d(16, 16, 3, padding: 1)];
        var x = F.conv2d(randn(2, 3, 8, 8), randn(16, 3, 3, 3), padding: [1]);
        foreach (var layer in layers)
        {
            x = layer.call(x);
            Assert.True(x.IsChannelsLast, layer.GetName());
            x += x * 0.5f;
        }
    }

    [Fact]
    public void AWriteIntoATensor_IsSeenByAllWhoShareIt()
    {
        using var scope = NewDisposeScope();
        var images = ChannelsLast();
        var (alias, expected) = (images.detach(), images.detach().clone());

        images[0, 1, 2, 3] = 7;
        expected[0, 1, 2, 3] = 7;

        Assert.Equal(Bits.Of(expected), Bits.Of(alias));
    }

    private static Tensor ChannelsLast()
    {
        manual_seed(7);
        return F.conv2d(randn(3, 2, 7, 9), randn(19, 2, 1, 1));
    }

    private static Tensor Weights(params long[] shape)
    {
        manual_seed(11);
        return randn(shape);
    }
}
