using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public sealed class OptimizerStateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor x, y;

    public OptimizerStateTests()
    {
        manual_seed(1);
        (x, y) = (rand(8, 4), tensor(new long[] { 0, 1, 2, 0, 1, 2, 0, 1 }));
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private static optim.Optimizer Make(string kind, nn.Module model, double rate = 0.05) => kind switch
    {
        "plain SGD" => optim.SGD(model.parameters(), rate),
        "SGD" => optim.SGD(model.parameters(), rate, momentum: 0.9, dampening: 0.1, weight_decay: 1e-3),
        "nesterov" => optim.SGD(model.parameters(), rate, momentum: 0.9, nesterov: true),
        _ => optim.Adam(model.parameters(), rate, beta1: 0.8, beta2: 0.99, eps: 1e-6, weight_decay: 1e-3),
    };

    private void Train(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), y).backward();
            optimizer.step();
        }
    }

    private static float[] Weights(nn.Module model) => [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];

    [Theory]
    [InlineData("plain SGD", 3)]
    [InlineData("SGD", 3)]
    [InlineData("SGD", 0)]
    [InlineData("nesterov", 3)]
    [InlineData("Adam", 3)]
    [InlineData("Adam", 0)]
    public void SavePy_ThenLoadPy_GoesOnToTheSameBits(string kind, int steps)
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        var (one, two) = (Make(kind, first), Make(kind, second, rate: 99));
        Train(first, one, steps);

        one.save_py(folder.File("optimizer.pth"));
        // Whatever state it had is forgotten.
        Train(second, two, 2);
        two.load_py(folder.File("optimizer.pth"));
        second.load_state_dict(first.state_dict());

        Train(first, one, 3);
        Train(second, two, 3);
        Assert.Equal(Weights(first), Weights(second));
        Assert.Equal(0.05, two.LearningRate);
    }

    [Fact]
    public void LoadStateDict_OfItsOwnState_ChangesNothing()
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        second.load_state_dict(first.state_dict());
        var (one, two) = (Make("Adam", first), Make("Adam", second));
        Train(first, one, 3);
        Train(second, two, 3);

        one.load_state_dict(one.state_dict());

        Train(first, one, 3);
        Train(second, two, 3);
        Assert.Equal(Weights(second), Weights(first));
    }

    public static TheoryData<string, Action<OrderedDictionary<object, object?>, OrderedDictionary<object, object?>, OrderedDictionary<object, object?>>> BadStates => new()
    {
        { "different number of parameter groups", (all, _, _) => all["param_groups"] = new List<object?>() },
        { "doesn't match the size of optimizer's group", (_, group, _) => group["params"] = new List<object?> { 0L } },
        { "'lr' is not there", (_, group, _) => group.Remove("lr") },
        { "'state' is not there", (all, _, _) => all.Remove("state") },
        { "invalid learning rate -1", (_, group, _) => group["lr"] = -1L },
        { "invalid beta1 1", (_, group, _) => group["betas"] = new object?[] { 1.0, 0.9 } },
        { "'betas' are not two numbers", (_, group, _) => group["betas"] = new object?[] { 1.0 } },
        { "'amsgrad' is not supported", (_, group, _) => group["amsgrad"] = true },
        { "'exp_avg' is float32 [3]; the parameter is float32 [3, 4]", (_, _, first) => first["exp_avg"] = zeros(3) },
        { "'exp_avg' is int64 [3, 4]", (_, _, first) => first["exp_avg"] = zeros([3, 4], int64) },
        { "parameter 0 does not fit together", (_, _, first) => first["exp_avg"] = null },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(float.NaN) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(1e30f) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(2.5f) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = -1L },
    };

    [Theory]
    [MemberData(nameof(BadStates))]
    public void LoadStateDict_OfWhatDoesNotFit_SaysWhy_AndChangesNothing(string reason, Action<OrderedDictionary<object, object?>, OrderedDictionary<object, object?>, OrderedDictionary<object, object?>> damage)
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        second.load_state_dict(first.state_dict());
        var (one, two) = (Make("Adam", first), Make("Adam", second));
        Train(first, one, 3);
        Train(second, two, 3);
        var state = two.state_dict();
        var parameters = (OrderedDictionary<object, object?>)state["state"]!;
        damage(state, (OrderedDictionary<object, object?>)((List<object?>)state["param_groups"]!)[0]!, (OrderedDictionary<object, object?>)parameters[0L]!);

        var exception = Assert.ThrowsAny<ArgumentException>(() => one.load_state_dict(state));

        Assert.Contains(reason, exception.Message);
        Train(first, one, 2);
        Train(second, two, 2);
        Assert.Equal(Weights(second), Weights(first));
    }

    [Fact]
    public void LoadPy_OfAnotherOptimisersState_NamesTheFile()
    {
        var model = nn.Linear(4, 3);
        Make("SGD", model).save_py(folder.File("sgd.pth"));

        var exception = Assert.Throws<TensorFileException>(() => Make("Adam", model).load_py(folder.File("sgd.pth")));

        Assert.Equal($"{folder.File("sgd.pth")}: Adam.load_state_dict: 'eps' is not there, or is no number", exception.Message);
    }
}
