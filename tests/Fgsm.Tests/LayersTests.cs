namespace Fgsm.Tests;

/// <summary>The layers that a reader builds a network of mean the same on both engines (tests/golden/make_layers.py).</summary>
public class LayersTests
{
    public sealed record Case(string Name, long[] Shape, float[] Output, float[] Gradient)
    {
        public override string ToString() => Name;
    }

    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Modules = new()
    {
        ["BatchNorm2d"] = () => nn.BatchNorm2d(4, eps: 1e-3, momentum: 0.2),
        ["BatchNorm2d_without_affine"] = () => nn.BatchNorm2d(4, affine: false),
        ["BatchNorm2d_without_statistics"] = () => nn.BatchNorm2d(4, track_running_stats: false),
        ["AvgPool2d"] = () => nn.AvgPool2d(3, 2, 1, ceil_mode: true, count_include_pad: false),
        ["AvgPool2d_pair"] = () => nn.AvgPool2d((2, 3), (1, 2)),
        ["AdaptiveAvgPool2d"] = () => nn.AdaptiveAvgPool2d(3),
        ["AdaptiveAvgPool2d_pair"] = () => nn.AdaptiveAvgPool2d((1, 4)),
        ["MaxPool2d"] = () => nn.MaxPool2d(3, 2, 1, 1, ceil_mode: true),
        ["MaxPool2d_pair"] = () => nn.MaxPool2d((3, 2), (2, 1), dilation: (1, 2)),
        ["Conv2d_dilated"] = () => nn.Conv2d(4, 6, 3, padding: 2, dilation: 2, bias: false),
        ["Conv2d_grouped"] = () => nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), groups: 2),
        ["Conv2d_depthwise"] = () => nn.Conv2d(4, 4, 3, padding: 1, groups: 4),
        ["ConvTranspose2d"] = () => nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups: 2),
        ["GELU"] = () => nn.GELU(),
        ["GELU_tanh"] = () => nn.GELU(GELU.Approximate.tanh),
        ["SiLU"] = () => nn.SiLU(),
        ["Sigmoid"] = () => nn.Sigmoid(),
        ["Tanh"] = () => nn.Tanh(),
        ["LeakyReLU"] = () => nn.LeakyReLU(0.2),
        ["Softmax"] = () => nn.Softmax(1),
        ["LogSoftmax"] = () => nn.LogSoftmax(1),
        ["Identity"] = () => nn.Identity(),
        ["LayerNorm"] = () => nn.LayerNorm([7, 6]),
        ["LayerNorm_last"] = () => nn.LayerNorm(6, eps: 1e-3, elementwise_affine: false),
    };

    public static TheoryData<Case> Cases => [.. Golden.Read<Case[]>("modules.json")];

    [Theory, MemberData(nameof(Cases))]
    public void Module_GivesPyTorchsOutputAndGradient(Case c)
    {
        manual_seed(5);
        using var module = Modules[c.Name]();
        manual_seed(6);
        var x = rand(c.Shape).requires_grad_();

        var y = module.call(x);

        AssertClose(c.Output, y);
        AssertClose(c.Gradient, autograd.grad([y], [x], [rand(y.shape)])[0]);
    }

    [Fact]
    public void BatchNorm2d_KeepsItsStatisticsInBuffers_InPyTorchsOrder()
    {
        using var norm = nn.BatchNorm2d(3);
        norm.call(ones(2, 3, 2, 2));

        Assert.Equal(["weight", "bias"], norm.named_parameters().Select(p => p.name));
        Assert.Equal(["running_mean", "running_var", "num_batches_tracked"], norm.named_buffers().Select(b => b.name));
        Assert.Equal([0.1f, 0.1f, 0.1f], norm.get_buffer("running_mean")!.Floats());
        Assert.Equal([0.9f, 0.9f, 0.9f], norm.running_var!.Floats());
        Assert.Equal(1, norm.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Losses_TakeWeights_AnIgnoredLabel_AndSmoothing()
    {
        var logits = log(tensor([0.5f, 0.25f, 0.25f, 0.25f, 0.5f, 0.25f], [2, 3]));
        var (labels, weight) = (tensor([0L, 1]), tensor([1f, 3, 1]));
        var log2 = MathF.Log(2);

        Assert.Equal(log2, nn.functional.cross_entropy(logits, labels).item<float>(), 1e-6f);
        Assert.Equal(4 * log2, nn.functional.cross_entropy(logits, labels, weight, reduction: nn.Reduction.Sum).item<float>(), 1e-6f);
        Assert.Equal(log2, nn.functional.cross_entropy(logits, labels, ignore_index: 1).item<float>(), 1e-6f);
        Assert.Equal(0.7f * log2 + 0.3f * (5f / 3) * log2,
            nn.functional.cross_entropy(logits, labels, label_smoothing: 0.3).item<float>(), 1e-6f);
        using var module = nn.CrossEntropyLoss(weight, ignore_index: 0, reduction: nn.Reduction.None);
        var losses = module.call(logits, labels).Floats();
        Assert.Equal(0, losses[0]);
        Assert.Equal(3 * log2, losses[1], 1e-6f);
        Assert.Equal(log2, nn.functional.nll_loss(logits, labels, weight).item<float>(), 1e-6f);
    }

    [Fact]
    public void Dropout2d_DropsWholeChannels_InTrainingOnly()
    {
        var (x, dropout) = (ones(50, 4, 3, 2), nn.Dropout2d(0.25));

        var channels = dropout.call(x).reshape(200, 6).Floats().Chunk(6).ToArray();

        Assert.All(channels, c => Assert.True(c.All(v => v == c[0]) && (c[0] == 0 || MathF.Abs(c[0] - 4 / 3f) < 1e-6f)));
        Assert.InRange(channels.Count(c => c[0] == 0), 20, 80);
        dropout.eval();
        Assert.Equal(x.Floats(), dropout.call(x).Floats());
    }

    private static void AssertClose(float[] expected, Tensor actual)
    {
        var values = actual.contiguous().Floats().Where((_, i) => i % 7 == 0).ToArray();
        Assert.Equal(expected.Length, values.Length);
        var scale = 3e-6f * expected.Max(Math.Abs);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, scale + 1e-7f));
    }
}
