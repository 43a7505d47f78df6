using System.Text.Json;
using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>BatchNorm2d as a module: what it keeps, in training and in evaluation, and what files hold of it.</summary>
public sealed class BatchNorm2dTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public sealed record Run(Dictionary<string, JsonElement> Args, GoldenTensor[] Parameters, GoldenTensor[] X, GoldenTensor[] Upstream,
        GoldenTensor[] Outputs, GoldenTensor[][] Gradients, JsonElement[][] State)
    {
        public override string ToString() => string.Join(", ", Args.Select(a => $"{a.Key}: {a.Value}").DefaultIfEmpty("defaults"));
    }

    public static TheoryData<Run> Runs => [.. Golden.Read<Run[]>("norms.json")];

    /// <summary>Three steps in training and one in evaluation, see make_layers.py.</summary>
    [Theory, MemberData(nameof(Runs))]
    public void BatchNorm2d_InTrainingAndEvaluation_GivesPyTorchsResultsGradientsAndState(Run run)
    {
        using var scope = NewDisposeScope();
        bool Flag(string name) => !run.Args.TryGetValue(name, out var value) || value.GetBoolean();
        var layer = nn.BatchNorm2d(run.X[0].Shape[1], run.Args.TryGetValue("eps", out var eps) ? eps.GetDouble() : 1e-5,
            affine: Flag("affine"), track_running_stats: Flag("track_running_stats"));
        if (run.Args.TryGetValue("momentum", out var momentum))
            layer.momentum = momentum.ValueKind == JsonValueKind.Null ? null : momentum.GetDouble();
        using (no_grad())
            foreach (var (parameter, value) in layer.parameters().Zip(run.Parameters))
                parameter.copy_(value.ToTensor());

        for (var step = 0; step < run.X.Length; step++)
        {
            layer.train(step < 3);
            var x = run.X[step].ToTensor().requires_grad_();
            var y = layer.call(x);
            run.Outputs[step].AssertEqualTo(y, $"output of step {step}", 1e-6);
            var gradients = autograd.grad([y], [x, .. layer.parameters()], [run.Upstream[step].ToTensor()]);
            foreach (var (expected, actual) in run.Gradients[step].Zip(gradients))
                expected.AssertEqualTo(actual, $"gradient of step {step}", 1e-6);
        }

        var state = layer.state_dict();
        Assert.Equal(run.State.Select(s => s[0].GetString()), state.Keys);
        foreach (var entry in run.State)
            entry[1].Deserialize<GoldenTensor>(new JsonSerializerOptions(JsonSerializerDefaults.Web))!
                .AssertEqualTo(state[entry[0].GetString()!], entry[0].GetString()!, 1e-6);
    }

    [Fact]
    public void Buffers_AreNoParameters_AndTheOptimizerLeavesThemAlone()
    {
        using var scope = NewDisposeScope();
        var model = Model();
        var optimizer = optim.SGD(model.parameters(), 1);

        Assert.Equal(["conv.weight", "norm.weight", "norm.bias"], model.named_parameters().Select(p => p.name));
        Assert.Equal(["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"], model.named_buffers().Select(b => b.name));
        Assert.Equal(["conv.weight", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
            model.state_dict().Keys);
        Assert.Same(model.get_buffer("norm.running_var"), model.buffers().ElementAt(1));
        Assert.Same(model, model.to(CPU));

        model.call(randn(4, 2, 5, 5)).sum().backward();
        var before = model.buffers().Select(b => b.to_type(float32).data<float>().ToArray()).ToArray();
        optimizer.step();
        Assert.Equal(before, model.buffers().Select(b => b.to_type(float32).data<float>().ToArray()));
        Assert.All(model.buffers(), b => Assert.False(b.requires_grad));
    }

    [Fact]
    public void ABuffer_OutlivesTheScopeItWasMadeIn_AndIsDisposedWithTheModule()
    {
        Sequential model;
        using (NewDisposeScope())
            model = Model();
        var buffers = model.buffers().ToList();
        Assert.All(buffers, b => Assert.False(b.IsInvalid));

        model.Dispose();

        Assert.All(buffers, b => Assert.True(b.IsInvalid));
    }

    [Fact]
    public void ABufferThatIsNotPersistent_IsNotInTheState()
    {
        var module = nn.Identity();
        module.register_buffer("mask", ones(2), persistent: false);
        module.register_buffer("mean", ones(2));

        Assert.Equal(["mask", "mean"], module.named_buffers().Select(b => b.name));
        Assert.Equal(["mean"], module.named_buffers(include_nonpersistent: false).Select(b => b.name));
        Assert.Equal(["mean"], module.state_dict().Keys);
        Assert.Throws<ArgumentException>(() => module.register_buffer("mean", ones(2)));
    }

    [Fact]
    public void Evaluation_DoesNotChangeTheRunningStatistics()
    {
        using var scope = NewDisposeScope();
        var model = Model();
        model.eval();
        model.call(randn(4, 2, 5, 5));

        Assert.Equal([0f, 0, 0], model.get_buffer("norm.running_mean")!.data<float>().ToArray());
        Assert.Equal(0, model.get_buffer("norm.num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void ResetRunningStats_ForgetsAllBatches()
    {
        using var scope = NewDisposeScope();
        var norm = nn.BatchNorm2d(2);
        norm.call(randn(4, 2, 5, 5));
        norm.reset_running_stats();

        Assert.Equal([0f, 0], norm.running_mean!.data<float>().ToArray());
        Assert.Equal([1f, 1], norm.running_var!.data<float>().ToArray());
        Assert.Equal(0, norm.num_batches_tracked!.item<long>());
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void AFile_HoldsTheBuffersToo(string format)
    {
        using var scope = NewDisposeScope();
        var (model, other) = (Model(), Model());
        model.call(randn(4, 2, 5, 5));
        var file = folder.File($"model.{format}");
        _ = format == "pth" ? model.save_py(file) : model.save_safetensors(file);

        _ = format == "pth" ? other.load_py(file) : other.load_safetensors(file);

        foreach (var (name, tensor) in model.state_dict())
            Assert.True(equal(tensor, other.state_dict()[name]), name);
        Assert.Equal(int64, other.get_buffer("norm.num_batches_tracked")!.dtype);
    }

    [PyTorchFact]
    public void PyTorch_ReadsOurFile_AndWeReadPyTorchs()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var (model, back) = (Model(), Model());
        model.call(randn(4, 2, 5, 5));
        model.eval();
        model.save_py(folder.File("model.pth"));

        var output = PyTorch.Run(folder, """
            model = nn.Sequential()
            model.add_module('conv', nn.Conv2d(2, 3, 3, bias=False))
            model.add_module('norm', nn.BatchNorm2d(3))
            state = torch.load('model.pth', weights_only=True)
            assert list(state) == list(model.state_dict()), list(state)
            assert state['norm.num_batches_tracked'].dtype == torch.int64 and state['norm.num_batches_tracked'].shape == ()
            model.load_state_dict(state)
            model.train()(torch.ones(2, 2, 4, 4) * 3)
            torch.save(model.state_dict(), 'back.pth')
            model.eval()
            torch.manual_seed(6)
            print(json.dumps(model(torch.rand(2, 2, 5, 5)).flatten().tolist()))
            """);
        back.load_py(folder.File("back.pth"));
        back.eval();

        Assert.Equal(2, back.get_buffer("norm.num_batches_tracked")!.item<long>());
        manual_seed(6);
        var expected = JsonSerializer.Deserialize<float[]>(output)!;
        Assert.All(expected.Zip(back.call(rand(2, 2, 5, 5)).data<float>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public void AnInput_OfOtherShape_IsRefusedByName()
    {
        var norm = nn.BatchNorm2d(3);

        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => norm.call(ones(2, 3))).Message);
        Assert.Contains("running_mean", Assert.Throws<ArgumentException>(() => norm.call(ones(2, 4, 5, 5))).Message);
        Assert.Contains("more than 1 value", Assert.Throws<ArgumentException>(() => norm.call(ones(1, 3, 1, 1))).Message);
    }

    private static Sequential Model() =>
        nn.Sequential(("conv", nn.Conv2d(2, 3, 3, bias: false)), ("norm", nn.BatchNorm2d(3)));
}
