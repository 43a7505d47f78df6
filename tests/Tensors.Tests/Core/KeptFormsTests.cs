using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class KeptFormsTests
{
    private const int In = 21, Out = 13;

    private static readonly Dictionary<string, Action<Linear>> Ways = new()
    {
        ["a step of SGD"] = layer => Step(layer, optim.SGD(layer.parameters(), 0.5)),
        ["a step of SGD with momentum"] = layer => Step(layer, optim.SGD(layer.parameters(), 0.5, momentum: 0.9)),
        ["a step of Adam"] = layer => Step(layer, optim.Adam(layer.parameters(), 0.5)),
        ["a step of AdamW"] = layer => Step(layer, optim.AdamW(layer.parameters(), 0.5)),
        ["add_"] = layer => layer.weight.add_(1),
        ["mul_"] = layer => layer.weight.mul_(2),
        ["clamp_"] = layer => layer.weight.clamp_(-0.01, 0.01),
        ["fill_"] = layer => layer.weight.fill_(0.5),
        ["zero_"] = layer => layer.weight.zero_(),
        ["normal_"] = layer => layer.weight.normal_(),
        ["uniform_"] = layer => layer.weight.uniform_(-1, 1),
        ["copy_"] = layer => layer.weight.copy_(ones(Out, In)),
        ["an index"] = layer => layer.weight[2] = zeros(In),
        ["a number"] = layer => layer.weight.data<float>()[3, 4] = 7,
        ["CopyFrom"] = layer => layer.weight.data<float>().CopyFrom(new float[Out * In]),
        ["a view"] = layer => layer.weight.view(-1).add_(1),
        ["a row"] = layer => layer.weight[1].mul_(3),
        ["load_state_dict"] = layer => layer.load_state_dict(nn.Linear(In, Out, hasBias: false).state_dict()),
    };

    private static void Step(Linear layer, optim.Optimizer optimizer)
    {
        using var grad = enable_grad();
        layer.call(ones(1, In)).sum().backward();
        optimizer.step();
    }

    public static TheoryData<string> AllWays => [.. Ways.Keys];

    /// <summary>Asked five times before and after: computed anew, made, and kept.</summary>
    [Theory]
    [MemberData(nameof(AllWays))]
    public void ALayer_ComputesWithItsWeightsAsTheyAre_HoweverTheyWereChanged(string way)
    {
        manual_seed(1);
        var (layer, x) = (nn.Linear(In, Out, hasBias: false), randn(3, In));
        using var grad = no_grad();
        int[] Asked() => [.. Enumerable.Range(0, 5).SelectMany(_ => Bits.Of(layer.call(x)))];
        // The product of more rows than a kept form is for.
        int[] Computed() => [.. Enumerable.Repeat(Bits.Of(x.repeat(30, 1).mm(layer.weight.t())[..3]), 5).SelectMany(bits => bits)];
        var before = Computed();
        Assert.Equal(before, Asked());

        Ways[way](layer);

        Assert.NotEqual(before, Computed());
        Assert.Equal(Computed(), Asked());
    }

    public static TheoryData<int, int> Convolutions => new() { { 3, 1 }, { 5, 1 }, { 3, 2 }, { 1, 1 } };

    /// <summary>Outputs and input gradients, asked five times before and after, beside a layer with copies of the weights.</summary>
    [Theory]
    [MemberData(nameof(Convolutions))]
    public void AConvolution_ComputesWithItsWeightsAsTheyAre(int kernel, int groups)
    {
        manual_seed(4);
        Conv2d New() => nn.Conv2d(16, 16, kernel, padding: kernel / 2, groups: groups);
        var (layer, x) = (New(), randn(2, 16, 9, 9).requires_grad_());
        int[] Asked(Conv2d conv)
        {
            var y = conv.call(x);
            return [.. Bits.Of(y), .. Bits.Of(autograd.grad([y.square().sum()], [x])[0])];
        }
        int[] Computed()
        {
            var copy = New();
            copy.load_state_dict(layer.state_dict());
            return Asked(copy);
        }
        int[] before = [];
        foreach (var change in new Action<Conv2d>[] { _ => { }, c => c.weight[3] = ones(16 / groups, kernel, kernel),
            c => optim.SGD(c.parameters(), 0.1).step(), c => c.load_state_dict(New().state_dict()) })
        {
            using (no_grad())
                change(layer);
            layer.call(x).square().sum().backward();
            Assert.NotEqual(before, before = Computed());
            for (var i = 0; i < 5; i++)
                Assert.Equal(before, Asked(layer));
        }
    }

    [Fact]
    public void TwoWeightsInOneStorage_HaveTheirOwnForms()
    {
        manual_seed(2);
        var (both, x) = (randn(2 * Out, In), randn(2, In));
        var (first, second) = (both[..Out], both[Out..]);

        for (var i = 0; i < 5; i++)
            Assert.Equal(
                Bits.Of(nn.functional.linear(x, both)),
                Bits.Of(cat([nn.functional.linear(x, first), nn.functional.linear(x, second)], 1)));
    }

    [Fact]
    public unsafe void AFormWhoseMakingEnds_IsMadeAnew()
    {
        var weight = ones(4);
        float* Find(Action<nint> make) => KeptForms.Find(weight, new("form", 0, 1, 4), 4, make);
        Find(_ => { });
        Find(_ => { });

        Assert.Throws<ThreadInterruptedException>(() => Find(_ => throw new ThreadInterruptedException()));

        Assert.Equal(7, *Find(target => *(float*)target = 7));
    }

    [Fact]
    public void ManyThreads_MayAskForOneForm()
    {
        manual_seed(3);
        var (layer, x) = (nn.Linear(300, 200), randn(2, 300));
        var expected = Bits.Of(nn.functional.linear(x, layer.weight.clone(), layer.bias));

        Parallel.For(0, 16, _ =>
        {
            using var grad = no_grad();
            for (var i = 0; i < 6; i++)
                Assert.Equal(expected, Bits.Of(layer.call(x)));
        });
    }
}
