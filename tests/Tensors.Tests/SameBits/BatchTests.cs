using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>An image's result and gradient do not depend on what else is in the batch.</summary>
public class BatchTests
{
    private const int Images = 9;

    private static readonly Dictionary<string, (Func<nn.Module<Tensor, Tensor>> Module, long[] Image)> Cases = new()
    {
        ["direct convolution"] = (() => nn.Conv2d(3, 5, 5, padding: 2), [3, 11, 13]),
        ["convolution of stride 2"] = (() => nn.Conv2d(9, 8, 3, stride: 2, padding: 1), [9, 11, 13]),
        ["Winograd 3x3"] = (() => nn.Conv2d(9, 20, 3, padding: 1), [9, 11, 13]),
        ["Winograd 5x5"] = (() => nn.Conv2d(12, 8, 5, padding: 2), [12, 11, 13]),
        ["Winograd of many channels"] = (() => nn.Conv2d(131, 127, 3, padding: 1), [131, 7, 4]),
        ["Winograd of many filters, in several parts"] = (() => nn.Conv2d(8, 2048, 3, padding: 1), [8, 7, 60]),
        ["convolution of 1x1"] = (() => nn.Conv2d(19, 37, 1), [19, 11, 13]),
        ["convolution of 1x1 and stride 2"] = (() => nn.Conv2d(19, 37, 1, 2), [19, 11, 13]),
        ["direct convolution with pooling"] =
            (() => nn.Sequential(nn.Conv2d(1, 8, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2)), [1, 11, 13]),
        ["Winograd with pooling"] = (() => nn.Sequential(nn.Conv2d(8, 8, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2)), [8, 11, 13]),
        ["linear"] = (() => nn.Linear(300, 70), [300]),
        ["report B's CNN"] = (Networks.ReportB, [1, 28, 28]),
    };

    public static TheoryData<string, int> Splits()
    {
        var data = new TheoryData<string, int>();
        foreach (var name in Cases.Keys)
            foreach (var first in new[] { 1, 4 })
                data.Add(name, first);
        return data;
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void ABatchSplitInTwo_HasTheBitsOfTheWhole_ForwardAndInputGradient(string name, int first)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var module = Cases[name].Module();
        module.eval();
        var x = randn([Images, .. Cases[name].Image]);
        using var probe = module.call(x);
        var upstream = randn(probe.shape);

        var (y, gradient) = Run(module, x, upstream);
        var (y1, gradient1) = Run(module, x[..first], upstream[..first]);
        var (y2, gradient2) = Run(module, x[first..], upstream[first..]);

        Assert.Equal(y, y1.Concat(y2));
        Assert.Equal(gradient, gradient1.Concat(gradient2));
        Assert.Contains(gradient, bits => bits != 0);
    }

    private static (int[] Output, int[] Gradient) Run(nn.Module<Tensor, Tensor> module, Tensor x, Tensor upstream)
    {
        var input = x.detach().requires_grad_();
        var y = module.call(input);
        return (Bits.Of(y), Bits.Of(autograd.grad([y], [input], [upstream])[0]));
    }
}
