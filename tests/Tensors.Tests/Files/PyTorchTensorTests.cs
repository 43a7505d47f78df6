using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Tensors of every type and layout that PyTorch saves; the expected values are formulas on both sides.</summary>
public sealed class PyTorchTensorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private OrderedDictionary<object, object?> Load(string expression, string zip)
    {
        PyTorch.Run(folder, $"torch.save({expression}, 'tensors.pth', _use_new_zipfile_serialization={zip})");
        return PyTorchUnpickler.UnpickleStateDict(folder.File("tensors.pth"));
    }

    [PyTorchTheory]
    [InlineData("True")]
    [InlineData("False")]
    public void EveryType_ComesWithItsValues(string zip)
    {
        const string Numbers = "torch.tensor([-3, 0, 1, 100])";
        var loaded = Load($$"""
            { 'float32': torch.tensor([0.1, -2.5, 3e38, float('inf')]), 'float64': torch.tensor([0.1, -2.5, 1e300], dtype=torch.float64),
              'float16': torch.tensor([0.1, -2.5, 65504], dtype=torch.float16), 'bfloat16': torch.tensor([0.1, -2.5, 1e38], dtype=torch.bfloat16),
              'int8': {{Numbers}}.to(torch.int8), 'int16': {{Numbers}}.to(torch.int16), 'int32': {{Numbers}}.to(torch.int32), 'int64': {{Numbers}} * 2**55,
              'uint8': torch.tensor([0, 1, 255], dtype=torch.uint8), 'bool': torch.tensor([True, False]), 'none': torch.zeros(0, 3), 'one': torch.tensor(2.5) }
            """, zip);

        Assert.Equal([0.1f, -2.5f, 3e38f, float.PositiveInfinity], Values<float>("float32"));
        Assert.Equal([0.1f, -2.5f, float.PositiveInfinity], Values<float>("float64"));
        Assert.Equal([(float)(Half)0.1, -2.5f, 65504], Values<float>("float16"));
        // 0.1 and 1e38 with the 8 bits of precision that bfloat16 has, rounded to nearest.
        Assert.Equal([0.10009765625f, -2.5f, 150 * MathF.Pow(2, 119)], Values<float>("bfloat16"));
        Assert.All(["int8", "int16", "int32"], name => Assert.Equal([-3L, 0, 1, 100], Values<long>(name)));
        Assert.Equal([-3L << 55, 0, 1L << 55, 100L << 55], Values<long>("int64"));
        Assert.Equal([0, 1, 255], Values<byte>("uint8"));
        Assert.Equal([true, false], Values<bool>("bool"));
        Assert.Equal([0, 3], ((Tensor)loaded["none"]!).shape);
        Assert.Equal([], ((Tensor)loaded["one"]!).shape);
        Assert.Equal([2.5f], Values<float>("one"));

        T[] Values<T>(string name) where T : unmanaged => ((Tensor)loaded[name]!).data<T>().ToArray();
    }

    /// <summary>Protocol 0 PyTorch itself cannot load.</summary>
    [PyTorchTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void EveryProtocolOfPickle_InBothFormats(int protocol)
    {
        PyTorch.Run(folder, $$"""
            import collections
            state = collections.OrderedDict([('weight', torch.arange(6.).reshape(2, 3)), ('again', torch.arange(6.)[2:4]), ('count', torch.tensor(3))])
            state['more'] = {'numbers': [0, 1, -1, 300, 70000, -2**40, 2**62], 'truth': (True, False, None), 'text': 'é' * 300, 'float': -2.5, 7: {'key': ()},
                             'bytes': bytes(range(256)), 'set': {'a'}, 'frozen': frozenset([3])}
            for zip in (True, False):
                torch.save(state, f'{zip}.pth', pickle_protocol={{protocol}}, _use_new_zipfile_serialization=zip)
            """);

        foreach (var file in new[] { folder.File("True.pth"), folder.File("False.pth") })
        {
            var loaded = PyTorchUnpickler.UnpickleStateDict(file);
            Assert.Equal(["weight", "again", "count", "more"], loaded.Keys);
            Assert.Equal([2, 3], ((Tensor)loaded["weight"]!).shape);
            Assert.Equal([0f, 1, 2, 3, 4, 5], ((Tensor)loaded["weight"]!).data<float>().ToArray());
            Assert.Equal([2f, 3], ((Tensor)loaded["again"]!).data<float>().ToArray());
            Assert.Equal(3, ((Tensor)loaded["count"]!).item<long>());
            var more = (OrderedDictionary<object, object?>)loaded["more"]!;
            Assert.Equal(Enumerable.Range(0, 256).Select(b => (byte)b), (byte[])more["bytes"]!);
            more.Remove("bytes");
            Assert.Equal(
                "{String numbers: [Int64 0, Int64 1, Int64 -1, Int64 300, Int64 70000, Int64 -1099511627776, Int64 4611686018427387904], "
                    + $"String truth: (Boolean True, Boolean False, null), String text: String {new string('é', 300)}, String float: Double -2.5, "
                    + "Int64 7: {String key: ()}, String set: [String a], String frozen: [Int64 3]}",
                Describe(more));
        }
    }

    /// <summary>torch.save names the folder in the archive after the file.</summary>
    [PyTorchTheory]
    [InlineData("cnn_2024-05-01_12:30:45.pth")]
    [InlineData("a..b c.pth")]
    public void AnyNameOfAFile(string name)
    {
        PyTorch.Run(folder, $"torch.save({{'0.weight': torch.arange(6.)}}, {System.Text.Json.JsonSerializer.Serialize(name)})");

        Assert.Equal(
            [0f, 1, 2, 3, 4, 5], ((Tensor)PyTorchUnpickler.UnpickleStateDict(folder.File(name))["0.weight"]!).data<float>().ToArray());
    }

    [PyTorchTheory]
    [InlineData("True")]
    [InlineData("False")]
    public void SlicedTransposedAndExpandedTensors_ComeWithTheirValues(string zip)
    {
        var loaded = Load("""
            (lambda x: { 'whole': x, 'rows': x[2:], 'columns': x[:, 1:3], 'every second': x[::2, ::2], 'transposed': x.t(), 'permuted': x.reshape(2, 2, 5).permute(2, 0, 1),
                         'expanded': x[0, :1].expand(3, 2), 'one': x[1, 1], 'half': x.half().t() })(torch.arange(20.0).reshape(4, 5))
            """, zip);

        AssertTensor("whole", [4, 5], Enumerable.Range(0, 20));
        AssertTensor("rows", [2, 5], Enumerable.Range(10, 10));
        AssertTensor("columns", [4, 2], [1, 2, 6, 7, 11, 12, 16, 17]);
        AssertTensor("every second", [2, 3], [0, 2, 4, 10, 12, 14]);
        AssertTensor("transposed", [5, 4], from j in Enumerable.Range(0, 5) from i in Enumerable.Range(0, 4) select 5 * i + j);
        AssertTensor("permuted", [5, 2, 2],
            from k in Enumerable.Range(0, 5) from i in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 2) select 10 * i + 5 * j + k);
        AssertTensor("expanded", [3, 2], Enumerable.Repeat(0, 6));
        AssertTensor("one", [], [6]);
        AssertTensor("half", [5, 4], from j in Enumerable.Range(0, 5) from i in Enumerable.Range(0, 4) select 5 * i + j);
        ((Tensor)loaded["whole"]!).fill_(-1);
        AssertTensor("rows", [2, 5], Enumerable.Repeat(-1, 10));

        void AssertTensor(string name, long[] shape, IEnumerable<int> values)
        {
            var tensor = (Tensor)loaded[name]!;
            Assert.Equal(shape, tensor.shape);
            Assert.Equal(values.Select(v => (float)v), tensor.data<float>().ToArray());
        }
    }

    [PyTorchFact]
    public void PyTorchReadsEveryTypeOfOurs_TiedAndSlicedTensorsWithTheirSharing()
    {
        var whole = rand(3, 4);
        PyTorchPickler.PickleStateDict(folder.File("ours.pth"), new Dictionary<object, object?>
        {
            ["floats"] = tensor([0.1f, -2.5f, float.NegativeInfinity]),
            ["longs"] = tensor([long.MinValue, -1, long.MaxValue]),
            ["bytes"] = tensor(new byte[] { 0, 128, 255 }),
            ["bools"] = tensor([true, false]),
            ["scalar"] = tensor(7),
            ["empty"] = zeros(2, 0),
            ["tied"] = new[] { whole, whole },
            ["row"] = whole[1..2],
            ["alone"] = zeros(1000, 1000)[10..11],
        });

        PyTorch.Run(folder, """
            s = torch.load('ours.pth', weights_only=True)
            assert s['floats'].tolist() == [torch.tensor(0.1).item(), -2.5, float('-inf')] and s['floats'].dtype == torch.float32
            assert s['longs'].tolist() == [-2**63, -1, 2**63 - 1] and s['longs'].dtype == torch.int64
            assert s['bytes'].tolist() == [0, 128, 255] and s['bytes'].dtype == torch.uint8
            assert s['bools'].tolist() == [True, False] and s['bools'].dtype == torch.bool
            assert s['scalar'].item() == 7 and s['scalar'].shape == ()
            assert s['empty'].shape == (2, 0)
            a, b = s['tied']
            a.fill_(5)
            assert b.eq(5).all() and s['row'].eq(5).all() and s['row'].shape == (1, 4)
            assert s['alone'].shape == (1, 1000) and s['alone'].storage().size() == 1000
            """);
    }

    [PyTorchFact]
    public void NumbersTextsListsAndTuples_TravelBothWays()
    {
        var values = new OrderedDictionary<object, object?>
        {
            ["none"] = null,
            ["numbers"] = new List<object?> { 0L, 255L, 256L, -1L, 70000L, -1L << 31, 1L << 31, long.MaxValue, long.MinValue },
            ["text"] = "grün 😀\n",
            ["tuple"] = new object?[] { true, false, new object?[] { } },
            [3L] = new OrderedDictionary<object, object?> { ["empty"] = new List<object?>() },
        };
        PyTorchPickler.PickleStateDict(folder.File("ours.pth"), values);

        var output = PyTorch.Run(folder, """
            s = torch.load('ours.pth', weights_only=True)
            print(repr(s).encode('ascii', 'backslashreplace').decode())
            s['float'] = -2.5e-300
            torch.save(s, 'new.pth')
            torch.save(s, 'old.pth', _use_new_zipfile_serialization=False)
            """);

        Assert.Equal("""{'none': None, 'numbers': [0, 255, 256, -1, 70000, -2147483648, 2147483648, 9223372036854775807, -9223372036854775808], 'text': 'gr\xfcn \U0001f600\n', 'tuple': (True, False, ()), 3: {'empty': []}}""", output.Trim());
        values["float"] = -2.5e-300;
        foreach (var name in new[] { "new.pth", "old.pth" })
            Assert.Equal(Describe(values), Describe(PyTorchUnpickler.UnpickleStateDict(folder.File(name))));
    }

    /// <summary>A value with the types of all its parts.</summary>
    private static string Describe(object? value) => value switch
    {
        OrderedDictionary<object, object?> dictionary =>
            $"{{{string.Join(", ", dictionary.Select(p => $"{Describe(p.Key)}: {Describe(p.Value)}"))}}}",
        List<object?> list => $"[{string.Join(", ", list.Select(Describe))}]",
        object?[] tuple => $"({string.Join(", ", tuple.Select(Describe))})",
        null => "null",
        _ => FormattableString.Invariant($"{value.GetType().Name} {value}"),
    };
}
