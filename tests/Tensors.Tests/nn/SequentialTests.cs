using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;
using static Fgsm.Tensors.torch.nn;

namespace Fgsm.Tensors.Tests;

public class SequentialTests
{
    /// <summary>Odd sizes, whose last row or column no window covers, and channel counts that no tile divides.</summary>
    [Theory]
    [InlineData(4, 1, 28, 28, 32, 5, 1, 2)]
    [InlineData(3, 32, 14, 14, 64, 5, 1, 2)]
    [InlineData(2, 3, 9, 11, 7, 3, 1, 0)]
    [InlineData(2, 5, 13, 10, 17, 3, 2, 1)]
    [InlineData(9, 2, 6, 6, 3, 1, 1, 0)]
    [InlineData(2, 7, 11, 12, 17, 3, 1, 1)]
    public void ConvRelu_AndConvReluPool_InASequential_GiveTheBitsOfTheSeparateOps(
        int n, int c, int h, int w, int filters, int kernel, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var conv = Conv2d(c, filters, kernel, stride, padding);
        var x = randn(n, c, h, w).requires_grad_();
        var relu = functional.relu(functional.conv2d(x, conv.weight, conv.bias, [stride, stride], [padding, padding]));
        Tensor[] wanted = [x, conv.weight, conv.bias!];
        AssertSame(wanted, relu, Sequential(conv, ReLU()).forward(x));
        var (pooled, fused) = (functional.max_pool2d(relu, 2), Sequential(conv, ReLU(), MaxPool2d(2)));
        AssertSame(wanted, pooled, fused.forward(x));
        using (no_grad())
            AssertSame(pooled, fused.forward(x));
    }

    /// <summary>
    /// Between two such ops the channels are innermost: counts that no vector divides, a stride, and few channels, whose gradient is
    /// scattered.
    /// </summary>
    [Theory]
    [InlineData(1, 32, 64, 5, 1, 2, true)]
    [InlineData(1, 32, 64, 3, 1, 0, false)]
    [InlineData(3, 7, 17, 3, 1, 1, true)]
    [InlineData(2, 13, 9, 3, 2, 1, false)]
    [InlineData(2, 3, 5, 3, 1, 0, true)]
    [InlineData(2, 8, 8, 5, 1, 0, false)]
    [InlineData(1, 1, 1, 1, 1, 0, true)]
    public void SeveralConvolutions_InASequential_GiveTheBitsOfTheSeparateOps(
        int channels, int first, int second, int kernel, int stride, int padding, bool pool)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        Conv2d[] convs = [Conv2d(channels, first, kernel, stride, padding), Conv2d(first, second, kernel, stride, padding),
            Conv2d(second, 6, 3, padding: 1)];
        var x = randn(9, channels, 23, 25).requires_grad_();
        var apart = x;
        foreach (var conv in convs)
        {
            apart = functional.relu(functional.conv2d(apart, conv.weight, conv.bias, conv.stride, conv.padding));
            if (pool && conv != convs[2])
                apart = functional.max_pool2d(apart, 2);
        }
        var together = Sequential([.. convs.SelectMany(
            IEnumerable<Module<Tensor, Tensor>> (conv) => pool && conv != convs[2] ? [conv, ReLU(), MaxPool2d(2)] : [conv, ReLU()])]);

        AssertSame([x, .. convs.SelectMany(conv => conv.parameters())], apart, together.forward(x));
        using (no_grad())
            AssertSame(apart, together.forward(x));
    }

    public static TheoryData<string, bool> Activations()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in new[] { "none", "ReLU", "GELU", "GELU, tanh", "SiLU", "Sigmoid", "Tanh" })
            foreach (var bias in new[] { false, true })
                data.Add(name, bias);
        return data;
    }

    /// <summary>In training, in evaluation with a gradient, and in evaluation without, where all three run in one pass.</summary>
    [Theory, MemberData(nameof(Activations))]
    public void ConvNormAndActivation_InASequential_GiveTheBitsOfTheSeparateOps(string name, bool bias)
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var (conv, norm) = (Conv2d(5, 37, 3, padding: 1, bias: bias), BatchNorm2d(37));
        using (no_grad())
            foreach (var parameter in norm.parameters())
                parameter.uniform_(-2, 2);
        Module<Tensor, Tensor>? activation = name switch
        {
            "ReLU" => ReLU(),
            "GELU" => GELU(),
            "GELU, tanh" => GELU(Fgsm.Tensors.Modules.GELU.Approximate.tanh),
            "SiLU" => SiLU(),
            "Sigmoid" => Sigmoid(),
            "Tanh" => Tanh(),
            _ => null,
        };
        var together = activation is null ? Sequential(conv, norm) : Sequential(conv, norm, activation);
        var x = randn(3, 5, 9, 11).requires_grad_();
        Tensor Apart() => activation is null ? norm.call(conv.call(x)) : activation.call(norm.call(conv.call(x)));

        Tensor[] wanted = [x, .. together.parameters()];
        AssertSame(wanted, Apart(), together.call(x));
        together.eval();
        AssertSame(wanted, Apart(), together.call(x));
        using (no_grad())
            AssertSame(Apart(), together.call(x));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ANaN_PassesTheFusedPooling(bool gradient)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var conv = Conv2d(1, 5, 3, padding: 1);
        var x = randn(4, 1, 8, 8);
        // Once each place of a window.
        for (var i = 0; i < 4; i++)
            x[i, 0, 3 + i / 2, 3 + i % 2] = tensor(float.NaN);
        using var mode = enable_grad(gradient);

        var pooled = Sequential(conv, ReLU(), MaxPool2d(2)).forward(x);

        AssertSame(functional.max_pool2d(functional.relu(functional.conv2d(x, conv.weight, conv.bias, padding: [1, 1])), 2), pooled);
        Assert.Contains(pooled.data<float>().ToArray(), float.IsNaN);
    }

    private static void AssertSame(Tensor[] wanted, Tensor apart, Tensor together)
    {
        AssertSame(apart, together);
        var upstream = randn(together.shape);
        var (expected, actual) =
            (autograd.grad([apart], wanted, [upstream], retain_graph: true), autograd.grad([together], wanted, [upstream]));
        for (var i = 0; i < wanted.Length; i++) AssertSame(expected[i], actual[i]);
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }
}
