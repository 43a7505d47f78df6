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
        "Adam" => optim.Adam(model.parameters(), rate, beta1: 0.8, beta2: 0.99, eps: 1e-6, weight_decay: 1e-3),
        "AdamW" => optim.AdamW(model.parameters(), rate, beta1: 0.8, beta2: 0.99, eps: 1e-6, weight_decay: 0.1),
        "SGD groups" => optim.SGD(
            [new Modules.SGD.ParamGroup(model.parameters().Skip(1), new Modules.SGD.Options()),
                new Modules.SGD.ParamGroup(model.parameters().Take(1), lr: rate / 2, momentum: 0.5, weight_decay: 0.1)],
            rate, momentum: 0.9),
        _ => optim.AdamW(
            [new Modules.AdamW.ParamGroup(model.parameters().Skip(1), new Modules.AdamW.Options()),
                new Modules.AdamW.ParamGroup(model.parameters().Take(1), lr: rate / 2, beta1: 0.5, weight_decay: 0.1)],
            rate, beta2: 0.99),
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
    [InlineData("AdamW", 3)]
    [InlineData("SGD groups", 3)]
    [InlineData("SGD groups", 0)]
    [InlineData("AdamW groups", 3)]
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
        Assert.Equal(one.ParamGroups.Select(g => g.LearningRate), two.ParamGroups.Select(g => g.LearningRate));
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

    public static TheoryData<string, Action<OrderedDictionary<object, object?>, OrderedDictionary<object, object?>,
        OrderedDictionary<object, object?>>> BadStates => new()
    {
        { "different number of parameter groups", (all, _, _) => all["param_groups"] = new List<object?>() },
        { "doesn't match the size of optimizer's group", (_, group, _) => group["params"] = new List<object?> { 0L } },
        { "'lr' is not there", (_, group, _) => group.Remove("lr") },
        { "'state' is not there", (all, _, _) => all.Remove("state") },
        { "invalid learning rate -1", (_, group, _) => group["lr"] = -1L },
        { "invalid beta1 1", (_, group, _) => group["betas"] = new object?[] { 1.0, 0.9 } },
        { "'betas' are not two numbers", (_, group, _) => group["betas"] = new object?[] { 1.0 } },
        { "'amsgrad' is not supported", (_, group, _) => group["amsgrad"] = true },
        { "'exp_avg' has shape [3]; the parameter has [3, 4]", (_, _, first) => first["exp_avg"] = zeros(3) },
        { "the state of AdamW", (_, group, _) => group["decoupled_weight_decay"] = true },
        { "parameter 0 does not fit together", (_, _, first) => first["exp_avg"] = null },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(float.NaN) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(1e30f) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = tensor(2.5f) },
        { "parameter 0 does not fit together", (_, _, first) => first["step"] = -1L },
    };

    [Theory]
    [MemberData(nameof(BadStates))]
    public void LoadStateDict_OfWhatDoesNotFit_SaysWhy_AndChangesNothing(string reason,
        Action<OrderedDictionary<object, object?>, OrderedDictionary<object, object?>, OrderedDictionary<object, object?>> damage)
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        second.load_state_dict(first.state_dict());
        var (one, two) = (Make("Adam", first), Make("Adam", second));
        Train(first, one, 3);
        Train(second, two, 3);
        var state = two.state_dict();
        var parameters = (OrderedDictionary<object, object?>)state["state"]!;
        damage(state, (OrderedDictionary<object, object?>)((List<object?>)state["param_groups"]!)[0]!,
            (OrderedDictionary<object, object?>)parameters[0L]!);

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

        Assert.Equal($"{folder.File("sgd.pth")}: Adam.load_state_dict: 'amsgrad' is not there, or is no truth value", exception.Message);
    }

    [PyTorchTheory]
    [InlineData("Adadelta")]
    [InlineData("Adagrad")]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    [InlineData("Adamax")]
    [InlineData("ASGD")]
    [InlineData("NAdam")]
    [InlineData("RAdam")]
    [InlineData("RMSprop")]
    [InlineData("Rprop")]
    [InlineData("SGD")]
    public void LoadPy_OfAnotherKindOfOptimiser_IsRefused_BeforeAndAfterItsFirstStep(string kind)
    {
        PyTorch.Run(folder, $$"""
            model = nn.Linear(4, 3)
            optimizer = torch.optim.{{kind}}(model.parameters(), lr=0.01)
            torch.save(optimizer.state_dict(), 'new.pth')
            model(torch.ones(1, 4)).sum().backward()
            optimizer.step()
            torch.save(optimizer.state_dict(), 'stepped.pth')
            """);

        foreach (var ours in new[] { "SGD", "Adam", "AdamW" })
            foreach (var file in new[] { folder.File("new.pth"), folder.File("stepped.pth") })
            {
                var load = Record.Exception(() => Make(ours, nn.Linear(4, 3)).load_py(file));
                if (kind == ours)
                    Assert.Null(load);
                else
                    Assert.StartsWith($"{file}: {ours}.load_state_dict: ", Assert.IsType<TensorFileException>(load).Message);
            }
    }

    /// <summary>By flag since PyTorch 2.6, by the order of their options since 1.12; before, nothing told them apart.</summary>
    [Theory]
    [InlineData("AdamW", "foreach maximize", null, true)]
    [InlineData("AdamW", "maximize foreach", true, true)]
    [InlineData("AdamW", "maximize foreach", null, false)]
    [InlineData("AdamW", "foreach maximize", false, false)]
    [InlineData("AdamW", "", null, true)]
    [InlineData("Adam", "maximize foreach", null, true)]
    [InlineData("Adam", "maximize foreach", false, true)]
    [InlineData("Adam", "foreach maximize", null, false)]
    [InlineData("Adam", "maximize foreach", true, false)]
    [InlineData("Adam", "maximize", null, true)]
    public void LoadStateDict_TellsAdamFromAdamW(string kind, string order, bool? flag, bool fits)
    {
        var model = nn.Linear(4, 3);
        var state = Make(kind, model).state_dict();
        var group = (OrderedDictionary<object, object?>)((List<object?>)state["param_groups"]!)[0]!;
        group.Remove("maximize");
        group.Remove("foreach");
        foreach (var name in order.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            group[name] = name == "foreach" ? null : false;
        if (flag is not null)
            group["decoupled_weight_decay"] = flag;

        var refused = Record.Exception(() => Make(kind, model).load_state_dict(state));

        Assert.Equal(fits ? null : $"{kind}.load_state_dict: this is the state of {(kind == "Adam" ? "AdamW" : "Adam")}", refused?.Message);
    }

    private const string GroupsInPyTorch = """
        torch.manual_seed(1)
        x, y = torch.rand(8, 4), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
        model = nn.Linear(4, 3)
        groups = lambda lr: [dict(params=[model.bias]), dict(params=[model.weight], lr=lr / 2, weight_decay=0.1)]
        sgd = lambda lr: torch.optim.SGD(groups(lr), lr=lr, momentum=0.9, nesterov=True)
        adamw = lambda lr: torch.optim.AdamW(groups(lr), lr=lr, betas=(0.8, 0.95), weight_decay=0.5)
        def steps(optimizer, schedule):
            for _ in range(3):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()
                schedule.step()
        schedule = lambda optimizer, last: torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5, last_epoch=last)
        weights = lambda: print(json.dumps([v for p in model.parameters() for v in p.flatten().tolist()]))

        """;

    private static optim.Optimizer Groups(string kind, Modules.Linear model, double lr) => kind == "sgd"
        ? optim.SGD(
            [new Modules.SGD.ParamGroup([model.bias!], new Modules.SGD.Options()),
                new Modules.SGD.ParamGroup([model.weight], new Modules.SGD.Options { LearningRate = lr / 2, weight_decay = 0.1 })],
            lr, momentum: 0.9, nesterov: true)
        : optim.AdamW(
            [new Modules.AdamW.ParamGroup([model.bias!], new Modules.AdamW.Options()),
                new Modules.AdamW.ParamGroup([model.weight], new Modules.AdamW.Options { LearningRate = lr / 2, weight_decay = 0.1 })],
            lr, beta1: 0.8, beta2: 0.95, weight_decay: 0.5);

    private void Train(Modules.Linear model, optim.Optimizer optimizer, optim.lr_scheduler.LRScheduler schedule)
    {
        for (var step = 0; step < 3; step++)
        {
            Train(model, optimizer, 1);
            schedule.step();
        }
    }

    [PyTorchTheory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void GroupsAndASchedule_ThatPyTorchBegan_GoOnHere(string kind)
    {
        var output = PyTorch.Run(folder, GroupsInPyTorch + $$"""
            optimizer = {{kind}}(0.1)
            scheduler = schedule(optimizer, -1)
            steps(optimizer, scheduler)
            torch.save(model.state_dict(), 'model.pth')
            torch.save(optimizer.state_dict(), 'optimizer.pth')
            scheduler.step()
            steps(optimizer, scheduler)
            weights()
            """);
        var model = nn.Linear(4, 3);
        model.load_py(folder.File("model.pth"));
        var optimizer = Groups(kind, model, 99);

        optimizer.load_py(folder.File("optimizer.pth"));
        Train(model, optimizer, optim.lr_scheduler.StepLR(optimizer, 2, 0.5, last_epoch: 3));

        Assert.All(
            System.Text.Json.JsonSerializer.Deserialize<float[]>(output)!.Zip(Weights(model)), v => Assert.Equal(v.First, v.Second, 1e-6f));
    }

    [PyTorchTheory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void GroupsAndASchedule_ThatBeganHere_GoOnInPyTorch(string kind)
    {
        var model = nn.Linear(4, 3);
        var optimizer = Groups(kind, model, 0.1);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 2, 0.5);
        Train(model, optimizer, scheduler);
        model.save_py(folder.File("model.pth"));
        optimizer.save_py(folder.File("optimizer.pth"));

        var output = PyTorch.Run(folder, GroupsInPyTorch + $$"""
            model.load_state_dict(torch.load('model.pth'))
            optimizer = {{kind}}(99)
            names = list(type(optimizer)(model.parameters(), lr=1).state_dict()['param_groups'][0])
            saved = torch.load('optimizer.pth')
            assert [g['params'] for g in saved['param_groups']] == [[0], [1]]
            for group in saved['param_groups']:
                assert [name for name in group if name in names] == names, group
            optimizer.load_state_dict(saved)
            steps(optimizer, schedule(optimizer, 3))
            weights()
            """);

        scheduler.step();
        Train(model, optimizer, scheduler);
        Assert.All(
            System.Text.Json.JsonSerializer.Deserialize<float[]>(output)!.Zip(Weights(model)), v => Assert.Equal(v.First, v.Second, 1e-6f));
    }

    [Fact]
    public void LoadStateDict_OfOneGroup_IntoTwo_IsRefused()
    {
        var model = nn.Linear(4, 3);

        var refused = Assert.Throws<ArgumentException>(() => Make("SGD groups", model).load_state_dict(Make("SGD", model).state_dict()));

        Assert.Equal("SGD.load_state_dict: loaded state dict has a different number of parameter groups", refused.Message);
    }

    [Fact]
    public void LoadStateDict_OfGroupsThatAreCutOtherwise_IsRefused_ThoughTheParametersAreAsMany()
    {
        var (one, two) = (nn.Linear(4, 3), nn.Linear(4, 3));
        Modules.SGD.ParamGroup Group(IEnumerable<Modules.Parameter> parameters) => new(parameters);
        var state = optim.SGD([Group([.. one.parameters(), two.weight]), Group([two.bias!])], 1).state_dict();

        var refused = Assert.Throws<ArgumentException>(
            () => optim.SGD([Group(one.parameters()), Group(two.parameters())], 1).load_state_dict(state));

        Assert.Contains("doesn't match the size of optimizer's group", refused.Message);
    }

    [Fact]
    public void AGroupAddedLater_Learns_AndItsStateIsNumberedAfterTheOthers()
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(3, 3));
        var optimizer = Make("SGD", first);
        var before = Weights(second);
        optimizer.add_param_group(new Modules.SGD.ParamGroup(second.parameters(), new Modules.SGD.Options { LearningRate = 0.5 }));

        Train(nn.Sequential(first, second), optimizer, 1);

        Assert.NotEqual(before, Weights(second));
        Assert.Equal([0.05, 0.5], optimizer.ParamGroups.Select(g => g.LearningRate));
        Assert.Equal(0.9, ((Modules.SGD.ParamGroup)optimizer.ParamGroups.Last()).Momentum);
        var state = optimizer.state_dict();
        Assert.Equal([0L, 1L, 2L, 3L], ((OrderedDictionary<object, object?>)state["state"]!).Keys.Cast<long>());
        Assert.Equal(new object[] { 2L, 3L }, ((OrderedDictionary<object, object?>)((List<object?>)state["param_groups"]!)[1]!)["params"]);
    }

    /// <summary>PyTorch before 1.5 named the parameters by their addresses.</summary>
    [PyTorchFact]
    public void LoadPy_OfAStateKeyedByAddresses_GoesOnAsPyTorch()
    {
        var output = PyTorch.Run(folder, """
            torch.manual_seed(1)
            x, y = torch.rand(8, 4), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
            model = nn.Linear(4, 3)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
            def step():
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()
            step()
            torch.save(model.state_dict(), 'model.pth')
            old = optimizer.state_dict()
            ids = [140234567890000, 140234567891111]
            old['state'] = {ids[1 - i]: old['state'][1 - i] for i in range(2)}
            old['param_groups'][0]['params'] = ids
            torch.save(old, 'optimizer.pth')
            step()
            print(json.dumps([v for p in model.parameters() for v in p.flatten().tolist()]))
            """);
        var model = nn.Linear(4, 3);
        var optimizer = optim.SGD(model.parameters(), 99);
        model.load_py(folder.File("model.pth"));

        optimizer.load_py(folder.File("optimizer.pth"));
        Train(model, optimizer, 1);

        Assert.All(
            System.Text.Json.JsonSerializer.Deserialize<float[]>(output)!.Zip(Weights(model)), v => Assert.Equal(v.First, v.Second, 1e-6f));
    }

    [Theory]
    [InlineData("SGD")]
    [InlineData("Adam")]
    public void LoadStateDict_ConvertsToTheParametersType(string kind)
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        var (one, two) = (Make(kind, first), Make(kind, second));
        Train(first, one, 1);
        var state = one.state_dict();
        foreach (OrderedDictionary<object, object?> values in ((
            OrderedDictionary<object, object?>)state["state"]!).Values.OfType<OrderedDictionary<object, object?>>())
            foreach (var name in values.Keys.ToList())
                values[name] = ((Tensor)values[name]!).to_type(int64);

        two.load_state_dict(state);

        var kept = (OrderedDictionary<object, object?>)((OrderedDictionary<object, object?>)two.state_dict()["state"]!)[0L]!;
        Assert.All(kept.Values, value => Assert.Equal(float32, ((Tensor)value!).dtype));
        Train(second, two, 1);
    }

    [Fact]
    public void LoadPy_OfACheckpoint_FindsTheOptimisersPart()
    {
        var (first, second) = (nn.Linear(4, 3), nn.Linear(4, 3));
        var (one, two) = (Make("Adam", first), Make("Adam", second, rate: 99));
        Train(first, one, 2);
        PyTorchPickler.PickleStateDict(folder.File("checkpoint.pth"), new Dictionary<object, object?>
        {
            ["epoch"] = 2, ["model_state_dict"] = first.state_dict(), ["optimizer_state_dict"] = one.state_dict(),
        });

        second.load_py(folder.File("checkpoint.pth"));
        two.load_py(folder.File("checkpoint.pth"));

        Train(first, one, 2);
        Train(second, two, 2);
        Assert.Equal(Weights(first), Weights(second));
    }
}
