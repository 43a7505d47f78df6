using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>The format before PyTorch 1.6, without Python.</summary>
public sealed class LegacyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static byte[] Pickle(Action<PickleBuilder> value)
    {
        var pickle = new PickleBuilder { Legacy = true }.Begin();
        value(pickle);
        return pickle.Op(PickleOp.Stop).Bytes;
    }

    private static byte[] Keys(params string[] keys) => Pickle(p =>
    {
        p.Op(PickleOp.EmptyList).Op(PickleOp.Mark);
        foreach (var key in keys)
            p.Text(key);
        p.Op(PickleOp.Appends);
    });

    private static byte[] Machine(bool littleEndian) =>
        Pickle(p => p.Op(PickleOp.EmptyDictionary).Text("little_endian").Truth(littleEndian).Op(PickleOp.SetItem));

    /// <summary>Magic number, version, machine, object, keys, storages: a state dictionary of one tensor, 1 and 2.</summary>
    private static byte[][] Parts =>
    [
        PickleBuilder.LegacyMagic, Pickle(p => p.Number(1001)), Machine(littleEndian: true),
        Pickle(p => p.Op(PickleOp.EmptyDictionary).Text("weight").Tensor("a", 2, 0, [2], [1]).Op(PickleOp.SetItem)),
        Keys("a"), [.. BitConverter.GetBytes(2L), .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)],
    ];

    private OrderedDictionary<object, object?> Load(byte[][] parts)
    {
        File.WriteAllBytes(folder.File("old.pth"), [.. parts.SelectMany(p => p)]);
        return PyTorchUnpickler.UnpickleStateDict(folder.File("old.pth"));
    }

    [Fact]
    public void Load_OfTheWholeFile_GivesItsTensor() => Assert.Equal([1f, 2], ((Tensor)Load(Parts)["weight"]!).data<float>().ToArray());

    public static TheoryData<int, byte[], string> Faults => new()
    {
        { 0, Pickle(p => p.Number(1001)), "it is no PyTorch file" },
        { 0, Pickle(p => p.Op(PickleOp.Long, [9, 0, 0, 0, 0, 0, 0, 0, 0, 1])), "it is no PyTorch file" },
        { 0, [0, .. Parts[0]], "it is no PyTorch file" },
        { 1, Pickle(p => p.Number(1000)), "it has another version of the format than 1001" },
        { 1, Pickle(p => p.Op(PickleOp.None)), "it has another version of the format than 1001" },
        { 2, Machine(littleEndian: false), "it was not written by a little-endian machine, which is not supported" },
        { 2, Pickle(p => p.Op(PickleOp.EmptyDictionary)), "it was not written by a little-endian machine, which is not supported" },
        { 2, Keys(), "it was not written by a little-endian machine, which is not supported" },
        { 3, Pickle(p => p.Tensor("a", 2, 0, [2], [1])), "it holds no dictionary; save model.state_dict()" },
        { 3, Pickle(p => p.Op(PickleOp.Bytes, [0, 0, 0, 1, .. new byte[PickleReader.MaxBytes]])), "its pickle is longer than 4 MB" },
        { 4, Pickle(p => p.Text("a")), "it has no list of storages" },
        { 4, Keys("b"), "its list of storages does not agree with its tensors" },
        { 4, Keys("a", "a"), "its list of storages does not agree with its tensors" },
        { 4, Pickle(p => p.Op(PickleOp.EmptyList).Number(1).Op(PickleOp.Append)), "its list of storages does not agree with its tensors" },
        { 4, Keys(), "storage 'a' is not in it" },
        { 5, [.. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(1f)],
            "storage 'a' has another number of elements than its tensors say" },
        { 5, [2, 0, 0, 0, 0, 0, 0], "it is cut short" },
        { 5, [.. BitConverter.GetBytes(2L), .. BitConverter.GetBytes(1f)], "it is cut short" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Load_OfAFileWithOneFault_NamesIt(int part, byte[] instead, string reason)
    {
        var parts = Parts;
        parts[part] = instead;

        var exception = Assert.Throws<TensorFileException>(() => Load(parts));

        Assert.Equal($"{folder.File("old.pth")}: {reason}", exception.Message);
    }
}
