using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>A parameter that requires no gradient is left alone, as in PyTorch.</summary>
public sealed class FrozenParameterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static optim.Optimizer Make(string kind, nn.Module model) => kind == "SGD"
        ? optim.SGD(model.parameters(), 0.1, momentum: 0.9, weight_decay: 1e-2)
        : kind == "Adam" ? optim.Adam(model.parameters(), 0.01, weight_decay: 1e-2)
        : optim.AdamW(model.parameters(), 0.01, weight_decay: 1e-2);

    private static Modules.Sequential Model()
    {
        manual_seed(1);
        var model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2));
        model.parameters().First().requires_grad_(false);
        return model;
    }

    private static void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
    {
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            model.zero_grad();
            nn.functional.cross_entropy(model.call(x), tensor(new long[] { 0, 1, 0, 1 })).backward();
            optimizer.step();
        }
    }

    [PyTorchTheory]
    [InlineData("SGD", "momentum=0.9")]
    [InlineData("Adam", "betas=(0.9, 0.999)")]
    [InlineData("AdamW", "betas=(0.9, 0.999)")]
    public void AStep_MovesTheOthers_AsInPyTorch(string kind, string option)
    {
        var output = PyTorch.Run(folder, $$"""
            torch.manual_seed(1)
            model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
            model[0].weight.requires_grad_(False)
            optimizer = torch.optim.{{kind}}(model.parameters(), lr={{(kind == "SGD" ? "0.1" : "0.01")}}, weight_decay=1e-2, {{option}})
            x = torch.rand(4, 3)
            for _ in range(3):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), torch.tensor([0, 1, 0, 1])).backward()
                optimizer.step()
            print(json.dumps([v for p in model.parameters() for v in p.flatten().tolist()] + [len(optimizer.state_dict()['state'])]))
            """);
        var model = Model();
        var optimizer = Make(kind, model);
        Train(model, optimizer, rand(4, 3));

        var states = ((OrderedDictionary<object, object?>)optimizer.state_dict()["state"]!).Count;
        var ours = model.parameters().SelectMany(p => p.data<float>().ToArray()).Append(states).ToArray();

        Assert.Equal(ours.Length, JsonSerializer.Deserialize<float[]>(output)!.Length);
        Assert.All(JsonSerializer.Deserialize<float[]>(output)!.Zip(ours), v => Assert.Equal(v.First, v.Second, 1e-6f));
    }

    [Theory]
    [InlineData("SGD")]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    public void AFrozenParameter_KeepsItsBits_AndItsStateTravels(string kind)
    {
        var model = Model();
        var before = model.parameters().First().data<float>().ToArray();
        var optimizer = Make(kind, model);
        Train(model, optimizer, rand(4, 3));
        optimizer.save_py(folder.File("optimizer.pth"));
        var other = Make(kind, Model());

        other.load_py(folder.File("optimizer.pth"));

        Assert.Equal(before, model.parameters().First().data<float>().ToArray());
        Assert.Null(model.parameters().First().grad);
        Assert.Throws<InvalidOperationException>(() => model.parameters().First().grad = zeros(4, 3));
    }

    [Fact]
    public void AParameterThatIsThawed_LearnsAgain()
    {
        var model = Model();
        var frozen = model.parameters().First();
        var before = frozen.data<float>().ToArray();
        var optimizer = Make("SGD", model);
        Train(model, optimizer, rand(4, 3));
        frozen.requires_grad = true;

        Train(model, optimizer, rand(4, 3));

        Assert.NotEqual(before, frozen.data<float>().ToArray());
    }
}
