using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>A training that is begun here goes on in PyTorch, and the other way round.</summary>
public sealed class PyTorchCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private const string TheSameInPyTorch = """
        torch.manual_seed(1)
        model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10))
        x, y = torch.rand(16, 1, 8, 8), torch.arange(16) % 10
        sgd = lambda lr: torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-3, nesterov=True)
        adam = lambda lr: torch.optim.Adam(model.parameters(), lr=lr, betas=(0.8, 0.95), weight_decay=1e-3)
        def step(optimizer):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.item()

        """;

    /// <summary>The model, its data, and the optimiser of the Python above.</summary>
    private sealed class Training
    {
        public readonly Modules.Sequential Model;
        public readonly optim.Optimizer Optimizer;
        private readonly Tensor x, y;

        public Training(string optimizer, double rate)
        {
            manual_seed(1);
            Model = nn.Sequential(nn.Conv2d(1, 4, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10));
            (x, y) = (rand(16, 1, 8, 8), tensor(Enumerable.Range(0, 16).Select(i => i % 10L).ToArray()));
            Optimizer = optimizer == "sgd"
                ? optim.SGD(Model.parameters(), rate, momentum: 0.9, weight_decay: 1e-3, nesterov: true)
                : optim.Adam(Model.parameters(), rate, beta1: 0.8, beta2: 0.95, weight_decay: 1e-3);
        }

        public double[] Steps(int count) => [.. Enumerable.Range(0, count).Select(_ =>
        {
            Optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(Model.call(x), y);
            loss.backward();
            Optimizer.step();
            return (double)loss.ToSingle();
        })];
    }

    // Learning rates by which the loss falls to a fraction in eight steps.
    [PyTorchTheory]
    [InlineData("sgd", 0.1)]
    [InlineData("adam", 0.02)]
    public void OursGoesOnInPyTorch(string optimizer, double rate)
    {
        var training = new Training(optimizer, rate);
        training.Steps(4);
        manual_seed(7);
        rand(100);
        PyTorchPickler.PickleStateDict(folder.File("checkpoint.pth"), new OrderedDictionary<object, object?>
        {
            ["epoch"] = 4L,
            ["model_state_dict"] = training.Model.state_dict(),
            ["optimizer_state_dict"] = training.Optimizer.state_dict(),
            ["rng_state"] = random.get_rng_state(),
        });

        // weights_only lets pass: its instructions in 1.13, and floats, which 1.13 forgot and 2.0 has.
        var output = PyTorch.Run(folder, TheSameInPyTorch + $$"""
            import pickletools, zipfile
            allowed = set('PROTO GLOBAL EMPTY_TUPLE REDUCE MARK BINUNICODE BINPERSID BININT BININT1 LONG1 NEWTRUE NEWFALSE NONE TUPLE SETITEMS APPENDS EMPTY_DICT EMPTY_LIST BUILD STOP BINFLOAT'.split())
            for op, argument, _ in pickletools.genops(zipfile.ZipFile('checkpoint.pth').read('archive/data.pkl')):
                assert op.name in allowed, op.name
                assert op.name != 'GLOBAL' or argument in ('torch._utils _rebuild_tensor_v2', 'torch FloatStorage', 'torch ByteStorage', 'collections OrderedDict'), argument
            checkpoint = torch.load('checkpoint.pth')
            optimizer = {{optimizer}}(123)
            model.load_state_dict(checkpoint['model_state_dict'])
            optimizer.load_state_dict(checkpoint['optimizer_state_dict'])
            losses = [step(optimizer) for _ in range(4)]
            torch.set_rng_state(checkpoint['rng_state'])
            print(json.dumps(losses + torch.rand(3).tolist() + [checkpoint['epoch']]))
            """);

        var next = rand(3).data<float>().ToArray();
        AssertClose([.. training.Steps(4), .. next.Select(v => (double)v), 4], JsonSerializer.Deserialize<double[]>(output)!);
    }

    [PyTorchTheory]
    [InlineData("sgd", 0.1, "True")]
    [InlineData("adam", 0.02, "False")]
    public void PyTorchsGoesOnHere(string optimizer, double rate, string zip)
    {
        var output = PyTorch.Run(folder, TheSameInPyTorch + FormattableString.Invariant($$"""
            optimizer = {{optimizer}}({{rate}})
            for _ in range(4): step(optimizer)
            torch.manual_seed(7)
            torch.rand(100)
            torch.save({'epoch': 4, 'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'rng': torch.get_rng_state()}, 'checkpoint.pth', _use_new_zipfile_serialization={{zip}})
            print(json.dumps([step(optimizer) for _ in range(4)] + torch.rand(3).tolist()))
            """));
        var training = new Training(optimizer, 123);

        var checkpoint = PyTorchUnpickler.UnpickleStateDict(folder.File("checkpoint.pth"));
        training.Model.load_state_dict(((OrderedDictionary<object, object?>)checkpoint["model"]!).ToDictionary(
            s => (string)s.Key, s => (Tensor)s.Value!));
        training.Optimizer.load_state_dict((OrderedDictionary<object, object?>)checkpoint["optimizer"]!);
        random.set_rng_state((Tensor)checkpoint["rng"]!);

        var next = rand(3).data<float>().ToArray();
        AssertClose(JsonSerializer.Deserialize<double[]>(output)!, [.. training.Steps(4), .. next.Select(v => (double)v)]);
    }

    [PyTorchFact]
    public void AnOptimisersOwnFile_GoesThroughPyTorchAndBack()
    {
        var training = new Training("adam", 0.01);
        training.Steps(3);
        training.Optimizer.save_py(folder.File("ours.pth"));

        PyTorch.Run(folder, TheSameInPyTorch + """
            optimizer = adam(123)
            optimizer.load_state_dict(torch.load('ours.pth'))
            torch.save(optimizer.state_dict(), 'back.pth')
            """);
        var other = new Training("adam", 123);
        other.Model.load_state_dict(training.Model.state_dict());
        other.Optimizer.load_py(folder.File("back.pth"));

        Assert.Equal(training.Steps(3), other.Steps(3));
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), v => Assert.Equal(v.First, v.Second, 2e-5));
    }
}
