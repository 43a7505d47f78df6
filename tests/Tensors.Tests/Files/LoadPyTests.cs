using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public sealed class LoadPyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Modules.Sequential Small(long seed)
    {
        manual_seed(seed);
        return nn.Sequential(("fc1", nn.Linear(4, 3)), ("relu", nn.ReLU()), ("fc2", nn.Linear(3, 2)));
    }

    private static Dictionary<string, float[]> Weights(nn.Module module) =>
        module.state_dict().ToDictionary(s => s.Key, s => s.Value.data<float>().ToArray());

    [Fact]
    public void SavePy_ThenLoadPy_GivesTheSameBits()
    {
        var saved = Small(1);
        saved.save_py(folder.File("model.pth"));

        var loaded = (Modules.Sequential)Small(2).load_py(folder.File("model.pth"));

        Assert.Equal(Weights(saved), Weights(loaded));
        Assert.True(loaded.parameters().All(p => p.requires_grad));
    }

    [Fact]
    public void SavePy_WritesTheSameBytes_WhateverTheFileIsCalled()
    {
        Small(1).save_py(folder.File("a.pth"));
        Small(1).save_py(folder.File("another.pth"));

        Assert.Equal(File.ReadAllBytes(folder.File("a.pth")), File.ReadAllBytes(folder.File("another.pth")));
    }

    [Fact]
    public void SavePy_BeginsEveryEntryAtAMultipleOf64Bytes()
    {
        Small(1).save_py(folder.File("model.pth"));
        var bytes = File.ReadAllBytes(folder.File("model.pth"));

        var starts = 0;
        for (var i = 0; i < bytes.Length - 30; i++)
            if (bytes.AsSpan(i, 4).SequenceEqual("PK\x03\x04"u8))
            {
                Assert.Equal(0, (i + 30 + BitConverter.ToUInt16(bytes, i + 26) + BitConverter.ToUInt16(bytes, i + 28)) % 64);
                starts++;
            }
        Assert.Equal(4 + 3, starts);
    }

    [Fact]
    public void LoadPy_WithWhatIsMissing_ThrowsAndChangesNothing_UnlessNotStrict()
    {
        var all = Small(1);
        all.save_py(folder.File("part.pth"), skip: ["fc2.bias", "fc1.weight"]);
        var model = Small(2);
        var before = Weights(model);

        var exception = Assert.Throws<TensorFileException>(() => model.load_py(folder.File("part.pth")));

        Assert.Equal(
            $"{folder.File("part.pth")}: Error(s) in loading state_dict for Sequential: "
                + "Missing key(s) in state_dict: \"fc1.weight\", \"fc2.bias\".",
            exception.Message);
        Assert.Equal(before, Weights(model));

        model.load_py(folder.File("part.pth"), strict: false);
        Assert.Equal([("fc1.bias", true), ("fc1.weight", false), ("fc2.bias", false), ("fc2.weight", true)],
            Weights(model).OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (w.Key, w.Value.SequenceEqual(Weights(all)[w.Key]))));
    }

    [Fact]
    public void LoadPy_LeavesSkippedNamesAlone_AndTellsWhatWasLoaded()
    {
        Small(1).save_py(folder.File("model.pth"));
        var model = nn.Sequential(("fc1", nn.Linear(4, 3)), ("new", nn.Linear(3, 2)));
        var before = Weights(model);
        var loaded = new Dictionary<string, bool>();

        model.load_py(
            folder.File("model.pth"), skip: ["fc1.bias", "fc2.weight", "fc2.bias", "new.weight", "new.bias"], loadedParameters: loaded);

        Assert.Equal(new Dictionary<string, bool> { ["fc1.weight"] = true, ["fc1.bias"] = false, ["fc2.weight"] = false,
            ["fc2.bias"] = false }, loaded);
        Assert.Equal(before["fc1.bias"], Weights(model)["fc1.bias"]);
        Assert.Equal(Weights(Small(1))["fc1.weight"], Weights(model)["fc1.weight"]);
    }

    [Fact]
    public void LoadPy_LeavesNoTensorInTheScope()
    {
        var model = Small(1);
        model.save_py(folder.File("model.pth"));
        using var scope = NewDisposeScope();

        model.load_py(folder.File("model.pth"));

        Assert.Equal(0, scope.DisposablesCount);
    }

    public static TheoryData<string> Types => ["uint8", "bool", "int64"];

    [Theory]
    [MemberData(nameof(Types))]
    public void LoadStateDict_ConvertsEveryType(string type)
    {
        var model = nn.Linear(2, 2);
        var numbers = tensor([0f, 1, 1, 0], [2, 2]).to_type(type switch { "uint8" => uint8, "bool" => @bool, _ => int64 });

        model.load_state_dict(new() { ["weight"] = numbers, ["bias"] = tensor(new byte[] { 7, 255 }) });

        Assert.Equal([0f, 1, 1, 0], model.weight.data<float>().ToArray());
        Assert.Equal([7f, 255], model.bias!.data<float>().ToArray());
    }

    [Fact]
    public void LoadStateDict_ThatThrowsAtTheLastTensor_ChangesNothing()
    {
        var (model, state) = (Small(2), Small(1).state_dict());
        var before = Weights(model);
        state["fc2.bias"] = state["fc2.bias"].clone();
        state["fc2.bias"].Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.load_state_dict(state));

        Assert.Equal(before, Weights(model));
    }

    [Fact]
    public void LoadPy_ThatDoesNotFit_NamesFileAndTensor_AndChangesNothing()
    {
        var (model, file) = (Small(2), folder.File("model.pth"));
        var before = Weights(model);
        var state = Small(1).state_dict();
        state["fc2.bias"] = zeros(3);
        PyTorchPickler.PickleStateDict(file, state);

        var exception = Assert.Throws<TensorFileException>(() => model.load_py(file));

        Assert.StartsWith($"{file}: Error(s) in loading state_dict for Sequential: size mismatch for fc2.bias", exception.Message);
        Assert.Equal(before, Weights(model));
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    [InlineData("net")]
    public void LoadPy_OfACheckpoint_FindsItsPart(string name)
    {
        PyTorchPickler.PickleStateDict(folder.File("checkpoint.pth"), new OrderedDictionary<object, object?>
        {
            ["epoch"] = 3L, ["scheduler"] = new Dictionary<object, object?>(), [name] = Small(1).state_dict(),
            ["rng_state"] = random.get_rng_state(),
        });

        Assert.Equal(Weights(Small(1)), Weights(Small(2).load_py(folder.File("checkpoint.pth"))));
    }

    [Fact]
    public void LoadPy_OfACheckpointWithSeveralParts_TakesTheUsualName_OrSaysWhichThereAre()
    {
        var (file, model) = (folder.File("checkpoint.pth"), Small(2));
        var before = Weights(model);
        PyTorchPickler.PickleStateDict(
            file, new OrderedDictionary<object, object?> { ["ema"] = Small(3).state_dict(), ["critic"] = Small(1).state_dict() });

        Assert.Equal($"{file}: it has several parts that may be a module's state dictionary: 'ema', 'critic'; save the one that you mean",
            Assert.Throws<TensorFileException>(() => model.load_py(file)).Message);
        Assert.Equal(before, Weights(model));

        PyTorchPickler.PickleStateDict(
            file, new OrderedDictionary<object, object?> { ["ema"] = Small(3).state_dict(), ["model"] = Small(1).state_dict() });
        Assert.Equal(Weights(Small(1)), Weights(model.load_py(file)));
    }

    /// <summary>Several of the usual names: the first of those that the remarks of load_py and PyTorch's tutorials put first.</summary>
    [Fact]
    public void LoadPy_OfACheckpointWithSeveralUsualNames_TakesThemInOrder()
    {
        string[] names = ["model", "model_state_dict", "state_dict"];
        for (var count = 1; count <= 3; count++)
        {
            var checkpoint = new OrderedDictionary<object, object?> { ["another"] = Small(9).state_dict() };
            for (var i = 0; i < count; i++)
                checkpoint[names[i]] = Small(i).state_dict();
            PyTorchPickler.PickleStateDict(folder.File("checkpoint.pth"), checkpoint);

            Assert.Equal(Weights(Small(count - 1)), Weights(Small(8).load_py(folder.File("checkpoint.pth"))));
        }
    }

    [Fact]
    public void LoadPy_OfAnOptimisersState_AlsoAsOneOfTwoParts_GoesOnAsItWas()
    {
        static optim.Optimizer Of(nn.Module model, double rate) => optim.SGD(model.parameters(), rate);
        var file = folder.File("checkpoint.pth");
        var (model, loaded) = (Small(1), Of(Small(2), 0.1));
        PyTorchPickler.PickleStateDict(file, new OrderedDictionary<object, object?>
        {
            ["optimizer"] = Of(model, 0.25).state_dict(), ["optimizer_state_dict"] = Of(model, 0.5).state_dict(),
            ["model"] = model.state_dict(),
        });

        loaded.load_py(file);

        Assert.Equal(0.5, loaded.ParamGroups.Single().LearningRate);
    }

    [Fact]
    public void LoadPy_OfWhatHasManyNames_ShowsTenOfThem()
    {
        var file = folder.File("many.pth");
        PyTorchPickler.PickleStateDict(file, Enumerable.Range(0, 11).ToDictionary(i => (object)$"n{i}", i => (object?)1L));

        Assert.EndsWith("it has 'n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9'",
            Assert.Throws<TensorFileException>(() => Small(1).load_py(file)).Message);
    }

    [Fact]
    public void LoadPy_OfWhatHasNoStateDictionary_SaysWhatThereIs()
    {
        var file = folder.File("other.pth");
        PyTorchPickler.PickleStateDict(file, new OrderedDictionary<object, object?> { ["epoch"] = 3L, ["history"] = new List<object?>() });

        Assert.Equal($"{file}: it is not a module's state dictionary, nor a checkpoint with one: it has 'epoch', 'history'",
            Assert.Throws<TensorFileException>(() => Small(1).load_py(file)).Message);
        Assert.Equal(
            $"{file}: it is not an optimiser's state, nor a checkpoint with one: it has 'epoch', 'history'",
            Assert.Throws<TensorFileException>(() => optim.SGD(Small(1).parameters(), 0.1).load_py(file)).Message);
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void Load_OfDataParallelsNames_LoadsThem_AndAModelThatHasSuchNamesToo(string format)
    {
        var wrapped = nn.Sequential(("module", Small(1)));
        var file = folder.File("wrapped." + format);
        if (format == "pth")
            wrapped.save_py(file);
        else
            wrapped.save_safetensors(file);
        nn.Module Load(nn.Module model) => format == "pth" ? model.load_py(file) : model.load_safetensors(file);

        Assert.Equal(Weights(Small(1)), Weights(Load(Small(2))));
        Assert.Equal(Weights(wrapped), Weights(Load(nn.Sequential(("module", Small(2))))));
    }

    /// <summary>Only names that all begin so are DataParallel's, and only in a model where none does.</summary>
    [Fact]
    public void LoadPy_OfNamesThatOnlyPartlyBeginLikeDataParallels_TakesThemAsTheyAre()
    {
        var file = folder.File("model.pth");
        var state = Small(1).state_dict();
        state["module.other"] = zeros(1);
        PyTorchPickler.PickleStateDict(file, state);
        Assert.EndsWith("Unexpected key(s) in state_dict: \"module.other\".",
            Assert.Throws<TensorFileException>(() => Small(2).load_py(file)).Message);

        nn.Sequential(("module", Small(1))).save_py(file);
        var model = nn.Sequential(("module", Small(2)), ("head", nn.Linear(2, 2)));
        model.load_py(file, strict: false);
        Assert.Equal(Weights(Small(1)), Weights((nn.Module)model.children().First()));
    }

    [Fact]
    public void SavePy_IntoAFolderThatIsNotThere_SaysSo()
    {
        var exception = Assert.Throws<TensorFileException>(() => Small(1).save_py(folder.File("no/model.pth")));

        Assert.StartsWith($"{folder.File("no/model.pth")}: cannot be written: ", exception.Message);
    }

    [Fact]
    public void LoadPy_OfNoFile_SaysSo()
    {
        foreach (var file in new[] { folder.File("no.pth"), folder.File("no/no.pth") })
            Assert.Equal($"{file}: no such file", Assert.Throws<TensorFileException>(() => Small(1).load_py(file)).Message);
    }
}
