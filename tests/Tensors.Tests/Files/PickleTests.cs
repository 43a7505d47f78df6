using System.Collections;
using System.IO.Compression;
using System.Text;
using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Pickles as pickletools of Python's library describes them, without Python.</summary>
public sealed class PickleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static PickleReader Reader(string pickles) => new(Encoding.Latin1.GetBytes(pickles), new SavedStorages(0));

    public static TheoryData<string, object?> Values => new()
    {
        { "N.", null },
        { "\u0089.", false },
        { "M\u0001\u0002.", 513L },
        { "\u008a\u0008\0\0\0\0\0\0\0\u0080.", long.MinValue },
        { "L" + "7".PadLeft(64, '0') + "\n.", 7L },
        { "G\u003f\u00f8\0\0\0\0\0\0.", 1.5 },
        { "\u008d\u0002\0\0\0\0\0\0\0\u00c3\u00a9.", "é" },
        { "U\u0001\u00e9.", "é" },
        { "T\u0001\0\0\0\u00e9.", "é" },
        { "C\u0001\u00e9.", new byte[] { 0xe9 } },
        { "B\u0001\0\0\0\u00e9.", new byte[] { 0xe9 } },
        { "\u008e\u0001\0\0\0\0\0\0\0\u00e9.", new byte[] { 0xe9 } },
        { "\u0096\u0001\0\0\0\0\0\0\0\u00e9.", new byte[] { 0xe9 } },
        { "(K\u0001K\u0002\u0091.", new List<object?> { 1L, 2L } },
        { "]K\u0001a.", new List<object?> { 1L } },
        { "K\u0001\u0085.", new object?[] { 1L } },
        { "K\u0001K\u0002\u0086.", new object?[] { 1L, 2L } },
        { "K\u0001K\u0002K\u0003\u0087.", new object?[] { 1L, 2L, 3L } },
        { "K\u0007r\0\u0001\0\0j\0\u0001\0\0\u0086.", new object?[] { 7L, 7L } },
        { "\u0095\u0003\0\0\0\0\0\0\0K\u0001.", 1L },
        { "}Nb.", PickleReader.NewDictionary() },
        // The calls that stand for bytes and sets before protocol 4, and for PyTorch's sizes and dictionaries.
        { "c_codecs\nencode\nU\u0001\u00e9U\u0006latin1\u0086R.", new byte[] { 0xe9 } },
        { "cbuiltins\nset\n]K\u0001a\u0085R.", new List<object?> { 1L } },
        { "c__builtin__\nset\n]K\u0001a\u0085R.", new List<object?> { 1L } },
        { "cbuiltins\nfrozenset\n]K\u0001a\u0085R.", new List<object?> { 1L } },
        { "c__builtin__\nfrozenset\n]K\u0001a\u0085R.", new List<object?> { 1L } },
        { "ctorch\nSize\nK\u0001K\u0002\u0086\u0085R.", new object?[] { 1L, 2L } },
        { "ccollections\nOrderedDict\n)R.", PickleReader.NewDictionary() },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_EveryInstruction_GivesItsValue(string pickle, object? expected) => Assert.Equal(expected, Reader(pickle).Read());

    [Theory]
    [InlineData("NNb.", "sets attributes of something that is no dictionary")]
    [InlineData("U\u0005ab", "ends in the middle of a value")]
    [InlineData("L12", "ends in the middle of a value")]
    [InlineData("L\n.", "has the number ''")]
    [InlineData(".", "uses a value that it does not have")]
    [InlineData("q\0", "uses a value that it does not have")]
    [InlineData("K\u0001(.", "uses a value that it does not have")]
    [InlineData("NQ.", "a storage is described in a way that PyTorch does not use")]
    [InlineData("NN)R.", "it calls something that is no function")]
    [InlineData("ctorch\nSize\nNR.", "it calls something that is no function")]
    [InlineData("ctorch\nSize\n)R.", "torch.Size is called in a way that PyTorch does not use")]
    [InlineData("ccollections\nOrderedDict\nK\u0001\u0085R.", "collections.OrderedDict is called in a way that PyTorch does not use")]
    [InlineData("c_codecs\nencode\nU\u0001aU\u0005ascii\u0086R.", "_codecs.encode is called in a way that PyTorch does not use")]
    [InlineData("cbuiltins\nset\nK\u0001\u0085R.", "builtins.set is called in a way that PyTorch does not use")]
    [InlineData("ctorch._utils\n_rebuild_parameter\nN\u0085R.", "_rebuild_parameter is called in a way that PyTorch does not use")]
    public void Read_OfWhatIsNoPickle_SaysWhy(string pickle, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Reader(pickle).Read()).Message);

    /// <summary>What the first leaves behind: a value, the beginning of a group, a value remembered.</summary>
    [Theory]
    [InlineData("K\u0001K\u0002..", "uses a value that it does not have")]
    [InlineData("(K\u0001.t.", "ends a group that it did not begin")]
    [InlineData("K\u0001q\0.h\0.", "refers to value 0")]
    public void Read_TheNextPickle_BeginsAnew(string pickles, string reason)
    {
        var reader = Reader(pickles);
        reader.Read();

        Assert.Contains(reason, Assert.Throws<InvalidDataException>(reader.Read).Message);
    }

    [Fact]
    public void Pickle_ThenUnpickle_GivesTheSameValues()
    {
        object?[] values =
        [
            null, true, false, 0L, 255L, 256L, -1L, (long)int.MinValue, (long)int.MaxValue, int.MaxValue + 1L, int.MinValue - 1L, long.MinValue,
            1.5, "é", new List<object?> { 1L, "a" }, new object?[] { 2L, null },
        ];

        PyTorchPickler.PickleStateDict(folder.File("values.pth"), new OrderedDictionary<object, object?> { ["all"] = values, ["pair"] = (3, 0.5f) });

        var read = PyTorchUnpickler.UnpickleStateDict(folder.File("values.pth"));
        Assert.Equal(values, read["all"]);
        Assert.Equal(new object?[] { 3L, 0.5 }, read["pair"]);
    }

    [Fact]
    public void Pickle_OfSlicesOfOneTensor_KeepsTheirSharing_ButNotTheRestOfIt()
    {
        var (whole, file) = (arange(100_000).to(ScalarType.Float32), folder.File("slices.pth"));

        PyTorchPickler.PickleStateDict(file, new OrderedDictionary<object, object?> { ["b"] = whole[13..16], ["a"] = whole[12..14] });

        var read = PyTorchUnpickler.UnpickleStateDict(file);
        var (a, b) = ((Tensor)read["a"]!, (Tensor)read["b"]!);
        Assert.Equal([12f, 13], a.data<float>().ToArray());
        Assert.Equal([13f, 14, 15], b.data<float>().ToArray());
        a.data<float>()[1] = -1;
        Assert.Equal(-1, b.data<float>()[0]);
        using var archive = ZipFile.OpenRead(file);
        Assert.Equal(4 * sizeof(float), archive.GetEntry("archive/data/0")!.Length);
    }

    private static string Written(IDictionary value) => Encoding.Latin1.GetString(PickleWriter.Write(value).Pickle);

    /// <summary>The last arguments of PyTorch's _rebuild_tensor_v2: strides, requires_grad, and hooks.</summary>
    [Fact]
    public void Write_OfATensor_IsTheCallThatMakesItInPyTorch_WithoutGradient() =>
        Assert.EndsWith("t\u0089ccollections\nOrderedDict\n)RtRu.", Written(new Hashtable { ["key"] = zeros(2, 3).requires_grad_() }));

    [Fact]
    public void Write_OfAModulesState_IsAnOrderedDict_AsTorchSaveHasIt() =>
        Assert.StartsWith("\u0080\u0002ccollections\nOrderedDict\n)R(X\u0006\0\0\0weight", Written(nn.Linear(1, 1).state_dict()));
}
