using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Each op against PyTorch (tests/golden/make_ops.py, make_layers.py) and its gradient against finite differences.</summary>
public partial class GoldenOpsTests
{
    public sealed record Case(string Op, Dictionary<string, JsonElement> Args, GoldenTensor[] Inputs, GoldenTensor[] Outputs,
        GoldenTensor? Upstream, GoldenTensor?[]? Grads, GoldenTensor[]? Constants)
    {
        public override string ToString() =>
            $"{Op}({string.Join(", ", [.. Inputs.Select(i => $"[{string.Join(", ", i.Shape)}]"),
            .. Args.Select(a => $"{a.Key}: {a.Value}")])})";
    }

    private delegate Tensor[] Op(Tensor[] inputs, Dictionary<string, JsonElement> args);

    private static readonly Dictionary<string, Op> Basics = new()
    {
        ["conv2d"] = (x, a) => [nn.functional.conv2d(
            x[0], x[1], x.Length > 2 ? x[2] : null, [a.Long("stride"), a.Long("stride")], [a.Long("padding"), a.Long("padding")])],
        ["max_pool2d"] = (x, a) => [nn.functional.max_pool2d(x[0], a.Long("kernel"), a.Long("stride"))],
        ["matmul"] = (x, _) => [matmul(x[0], x[1])],
        ["linear"] = (x, _) => [nn.functional.linear(x[0], x[1], x.Length > 2 ? x[2] : null)],

        ["add"] = (x, _) => [x[0] + x[1]],
        ["sub"] = (x, _) => [x[0] - x[1]],
        ["mul"] = (x, _) => [x[0] * x[1]],
        ["div"] = (x, _) => [x[0] / x[1]],
        ["add_scalar"] = (x, a) => [x[0] + a.Double("scalar")],
        ["sub_scalar"] = (x, a) => [x[0] - a.Double("scalar")],
        ["mul_scalar"] = (x, a) => [x[0] * a.Double("scalar")],
        ["div_scalar"] = (x, a) => [x[0] / a.Double("scalar")],
        ["scalar_add"] = (x, a) => [a.Double("scalar") + x[0]],
        ["scalar_sub"] = (x, a) => [a.Double("scalar") - x[0]],
        ["scalar_mul"] = (x, a) => [a.Double("scalar") * x[0]],
        ["scalar_div"] = (x, a) => [a.Double("scalar") / x[0]],

        ["relu"] = (x, _) => [relu(x[0])],
        ["neg"] = (x, _) => [-x[0]],
        ["abs"] = (x, _) => [abs(x[0])],
        ["sign"] = (x, _) => [sign(x[0])],
        ["exp"] = (x, _) => [exp(x[0])],
        ["log"] = (x, _) => [log(x[0])],
        ["sqrt"] = (x, _) => [sqrt(x[0])],
        ["clamp"] = (x, a) => [x[0].clamp(a.Double("min"), a.Double("max"))],
        ["where"] = (x, _) => [where(x[0], x[1], x[2])],
        ["eq"] = (x, _) => [x[0].eq(x[1])],
        ["ne"] = (x, _) => [x[0].ne(x[1])],
        ["lt"] = (x, _) => [x[0].lt(x[1])],
        ["le"] = (x, _) => [x[0].le(x[1])],
        ["gt"] = (x, _) => [x[0].gt(x[1])],
        ["ge"] = (x, _) => [x[0].ge(x[1])],

        ["sum"] = (x, _) => [x[0].sum()],
        ["mean"] = (x, _) => [x[0].mean()],
        ["sum_dim"] = (x, a) => [x[0].sum(a.Longs("dim"), a.Bool("keepdim"))],
        ["mean_dim"] = (x, a) => [x[0].mean(a.Longs("dim"), a.Bool("keepdim"))],
        ["max"] = (x, _) => [x[0].max()],
        ["min"] = (x, _) => [x[0].min()],
        ["argmax"] = (x, _) => [x[0].argmax()],
        ["max_dim"] = (x, a) => Both(x[0].max(a.Long("dim"), a.Bool("keepdim"))),
        ["min_dim"] = (x, a) => Both(x[0].min(a.Long("dim"), a.Bool("keepdim"))),
        ["argmax_dim"] = (x, a) => [x[0].argmax(a.Long("dim"), a.Bool("keepdim"))],
        ["topk"] = (x, a) => Both(x[0].topk((int)a.Long("k"), (int)a.Long("dim"), a.Bool("largest"))),

        ["sort"] = (x, a) => Both(x[0].sort(a.Long("dim"), a.Bool("descending"))),
        ["cumsum"] = (x, a) => [x[0].cumsum(a.Long("dim"))],
        ["pow"] = (x, _) => [x[0].pow(x[1])],
        ["pow_scalar"] = (x, a) => [x[0].pow(a.Double("exponent"))],

        ["softmax"] = (x, a) => [nn.functional.softmax(x[0], a.Long("dim"))],
        ["log_softmax"] = (x, a) => [nn.functional.log_softmax(x[0], a.Long("dim"))],
        ["cross_entropy"] = (x, a) => [nn.functional.cross_entropy(x[0], x[1], reduction: Reduction(a))],
        ["nll_loss"] = (x, a) => [nn.functional.nll_loss(x[0], x[1], reduction: Reduction(a))],
        ["mse_loss"] = (x, a) => [nn.functional.mse_loss(x[0], x[1], Reduction(a))],

        ["kl_div"] = (x, a) => [nn.functional.kl_div(x[0], x[1], a.Bool("log_target"), Reduction(a))],

        ["pad"] = (x, a) => [nn.functional.pad(
            x[0], a.Longs("pad"), Enum.Parse<PaddingModes>(a["mode"].GetString()!, ignoreCase: true), a.Double("value"))],
        ["flip"] = (x, a) => [x[0].flip(a.Longs("dims"))],
        ["repeat"] = (x, a) => [x[0].repeat(a.Longs("sizes"))],
        ["one_hot"] = (x, a) => [nn.functional.one_hot(x[0], a.Long("num_classes"))],
        ["bmm"] = (x, _) => [bmm(x[0], x[1])],
        ["cat"] = (x, a) => [cat(x, a.Long("dim"))],
        ["stack"] = (x, a) => [stack(x, a.Long("dim"))],
        ["index_select"] = (x, a) => [x[0].index_select(a.Long("dim"), x[1])],
        ["gather"] = (x, a) => [x[0].gather(a.Long("dim"), x[1])],
        ["flatten"] = (x, a) => [x[0].flatten(a.Long("start"), a.Long("end"))],
        ["reshape"] = (x, a) => [x[0].reshape(a.Longs("shape"))],
        ["transpose_reshape"] = (x, a) => [x[0].transpose(0, 1).reshape(a.Longs("shape"))],
        ["transpose"] = (x, a) => [x[0].transpose(a.Long("dim0"), a.Long("dim1"))],
        ["permute"] = (x, a) => [x[0].permute(a.Longs("dims"))],
    };

    /// <summary>
    /// Relative to the largest value. One element of a product sums up to 3,136 terms here, each rounded; Winograd's transforms,
    /// which some of the convolutions take, cost more.
    /// </summary>
    private static double Tolerance(Case c) => c.Op switch
    {
        "conv2d" or "conv2d_whole" or "conv_transpose2d" => 1e-5,
        "linear" or "matmul" => 3e-6,
        _ => 1e-6,
    };

    private static Tensor[] Both((Tensor values, Tensor indexes) pair) => [pair.values, pair.indexes];

    private static nn.Reduction Reduction(Dictionary<string, JsonElement> args) => args["reduction"].GetString() switch
    {
        "mean" => nn.Reduction.Mean,
        "sum" => nn.Reduction.Sum,
        _ => nn.Reduction.None,
    };

    private static readonly Case[] All = [.. Golden.Read<Case[]>("ops.json"), .. Golden.Read<Case[]>("layers.json")];

    /// <summary>The op of a case; what has no gradient comes after its inputs.</summary>
    private static Tensor[] Run(Case c, Tensor[] inputs) =>
        (Basics.GetValueOrDefault(c.Op) ?? Layers[c.Op])([.. inputs, .. (c.Constants ?? []).Select(t => t.ToTensor())], c.Args);

    public static TheoryData<Case> Cases => [.. All];

    /// <summary>Inputs small enough to move one by one, and random: those chosen for their ties and kinks have no derivative.</summary>
    public static TheoryData<Case> SmallCases =>
        [.. All.Where(c => c.Upstream is not null && c.Inputs.All(i => i.IsRandom || !i.IsFloat) && c.Inputs.Sum(i => i.Count) <= 250)];

    [Theory, MemberData(nameof(Cases))]
    public void Op_GivesPyTorchsResultAndGradients(Case c)
    {
        using var scope = NewDisposeScope();
        var inputs = Array.ConvertAll(c.Inputs, i => i.ToTensor().requires_grad_(i.IsFloat && c.Upstream is not null));
        var outputs = Run(c, inputs);

        Assert.Equal(c.Outputs.Length, outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
            c.Outputs[i].AssertEqualTo(outputs[i], $"output {i}", Tolerance(c));
        if (c.Upstream is null)
            return;

        var wanted = inputs.Where(x => x.requires_grad).ToList();
        var gradients = autograd.grad([outputs[0]], wanted, [c.Upstream.ToTensor()]);
        var expected = c.Grads!.OfType<GoldenTensor>().ToList();
        Assert.Equal(expected.Count, gradients.Count);
        for (var i = 0; i < gradients.Count; i++)
            expected[i].AssertEqualTo(gradients[i], $"gradient {i}", Tolerance(c));
    }

    /// <summary>An attack asks for one gradient only: it must not depend on what else could have been asked for.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Op_AskedForOneGradient_GivesTheSameBits(Case c)
    {
        if (c.Upstream is null)
            return;
        using var scope = NewDisposeScope();
        var together = Gradients(c, _ => true);
        for (var i = 0; i < c.Inputs.Length; i++)
        {
            if (c.Inputs[i].IsFloat)
                Assert.Equal(together[i]!.data<float>().ToArray(), Gradients(c, k => k == i)[i]!.data<float>().ToArray());
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Op_OnAnyNumberOfThreads_GivesTheSameBits(Case c)
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var expected = Bits(c);
            foreach (var count in new[] { 2, 3, 7 })
            {
                set_num_threads(count);
                Assert.Equal(expected, Bits(c));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <summary>The bits of every float that the op and its gradient give.</summary>
    private static int[][] Bits(Case c)
    {
        var outputs = Run(c, Array.ConvertAll(c.Inputs, i => i.ToTensor()));
        var gradients = c.Upstream is null ? [] : Gradients(c, _ => true);
        return [.. outputs.Concat(gradients.OfType<Tensor>()).Where(t => t.dtype == ScalarType.Float32)
            .Select(t => t.data<float>().Select(BitConverter.SingleToInt32Bits).ToArray())];
    }

    [Theory, MemberData(nameof(SmallCases))]
    public void Gradient_AgreesWithFiniteDifferences(Case c)
    {
        using var scope = NewDisposeScope();
        FiniteDifferences.Check(x => Run(c, x)[0], Array.ConvertAll(c.Inputs, i => i.ToTensor()));
    }

    private static Tensor?[] Gradients(Case c, Predicate<int> wanted)
    {
        var inputs = c.Inputs.Select((x, i) => x.ToTensor().requires_grad_(x.IsFloat && wanted(i))).ToArray();
        var output = Run(c, inputs)[0];
        var gradients = autograd.grad([output], [.. inputs.Where(x => x.requires_grad)], [c.Upstream!.ToTensor()]).GetEnumerator();
        return Array.ConvertAll(inputs, x => x.requires_grad && gradients.MoveNext() ? gradients.Current : null);
    }
}
