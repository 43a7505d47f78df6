using System.Text;
using Fgsm.Tensors.Files;

namespace Fgsm.Tensors.Tests;

/// <summary>Makes pickles and archives, also such as no well-meaning program would write.</summary>
/// <param name="protocol">From 1 to 5: which instructions it uses where several would do.</param>
internal sealed class PickleBuilder(int protocol = 2)
{
    private readonly MemoryStream bytes = new();

    public byte[] Bytes => bytes.ToArray();

    public PickleBuilder Op(PickleOp op, params byte[] operand)
    {
        bytes.WriteByte((byte)op);
        bytes.Write(operand);
        return this;
    }

    public PickleBuilder Begin() => protocol < 2 ? this : Op(PickleOp.Protocol, (byte)protocol);

    public PickleBuilder Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return protocol < 4 ? Op(PickleOp.Unicode, [.. BitConverter.GetBytes(utf8.Length), .. utf8])
            : Op(utf8.Length < 256 ? PickleOp.ShortUnicode : PickleOp.LongUnicode,
                [.. BitConverter.GetBytes((long)utf8.Length)[..(utf8.Length < 256 ? 1 : 8)], .. utf8]).Op(PickleOp.Memoize);
    }

    public PickleBuilder Number(long value) => protocol < 2 ? Op(PickleOp.LongLine, Encoding.ASCII.GetBytes($"{value}L\n"))
        : Op(PickleOp.Long, [8, .. BitConverter.GetBytes(value)]);

    public PickleBuilder Truth(bool value) => protocol < 2 ? Op(PickleOp.IntegerLine, value ? "01\n"u8.ToArray() : "00\n"u8.ToArray())
        : Op(value ? PickleOp.True : PickleOp.False);

    public PickleBuilder Global(string module, string name) => protocol < 4
        ? Op(PickleOp.Global, Encoding.UTF8.GetBytes($"{module}\n{name}\n"))
        : Text(module).Text(name).Op(PickleOp.GlobalFromStack).Op(PickleOp.Memoize);

    public PickleBuilder Numbers(params long[] values)
    {
        Op(PickleOp.Mark);
        foreach (var value in values)
            Number(value);
        return Op(PickleOp.Tuple);
    }

    /// <summary>The first pickle of a file in the format before PyTorch 1.6: the number 0x1950a86a20f9469cfc6c.</summary>
    public static byte[] LegacyMagic => new PickleBuilder().Op(PickleOp.Protocol, 2)
        .Op(PickleOp.Long, [10, .. Convert.FromHexString("6cfc9c46f9206aa85019")]).Op(PickleOp.Stop).Bytes;

    /// <summary>In the format before PyTorch 1.6 there is a view of it too, which is always None.</summary>
    public bool Legacy { get; init; }

    public PickleBuilder Storage(string key, long count, string type = "Float")
    {
        Op(PickleOp.Mark).Text("storage").Global("torch", type + "Storage").Text(key).Text("cpu").Number(count);
        return (Legacy ? Op(PickleOp.None) : this).Op(PickleOp.Tuple).Op(PickleOp.PersistentId);
    }

    public PickleBuilder Tensor(string key, long count, long offset, long[] sizes, long[] strides, string type = "Float") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op(PickleOp.Mark).Storage(key, count, type).Number(offset).Numbers(sizes)
            .Numbers(strides)
            .Truth(false).Global("collections", "OrderedDict").Op(PickleOp.EmptyTuple).Op(PickleOp.Reduce).Op(PickleOp.Tuple)
            .Op(PickleOp.Reduce);

    /// <summary>A dictionary with the one value that <paramref name="value"/> makes.</summary>
    public static byte[] Dictionary(Action<PickleBuilder> value)
    {
        var pickle = new PickleBuilder().Op(PickleOp.Protocol, 2).Op(PickleOp.EmptyDictionary).Text("key");
        value(pickle);
        return pickle.Op(PickleOp.SetItem).Op(PickleOp.Stop).Bytes;
    }

    public static byte[] Archive(byte[] pickle, params (string Name, byte[] Content)[] more)
    {
        using var stream = new MemoryStream();
        var archive = new ZipWriter(stream);
        archive.Add("archive/data.pkl", pickle);
        foreach (var (name, content) in more)
            archive.Add(name, content);
        archive.Finish();
        return stream.ToArray();
    }
}
