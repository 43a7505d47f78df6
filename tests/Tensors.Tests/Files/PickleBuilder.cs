using System.Text;
using Fgsm.Tensors.Files;

namespace Fgsm.Tensors.Tests;

/// <summary>Makes pickles and archives that no well-meaning program would write.</summary>
internal sealed class PickleBuilder
{
    private readonly MemoryStream bytes = new();

    public byte[] Bytes => bytes.ToArray();

    public PickleBuilder Op(PickleOp op, params byte[] operand)
    {
        bytes.WriteByte((byte)op);
        bytes.Write(operand);
        return this;
    }

    public PickleBuilder Text(string text) => Op(PickleOp.Unicode, [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)]);
    public PickleBuilder Number(long value) => Op(PickleOp.Long, [8, .. BitConverter.GetBytes(value)]);
    public PickleBuilder Global(string module, string name) => Op(PickleOp.Global, Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleBuilder Numbers(params long[] values)
    {
        Op(PickleOp.Mark);
        foreach (var value in values)
            Number(value);
        return Op(PickleOp.Tuple);
    }

    public PickleBuilder Storage(string key, long count, string type = "Float") =>
        Op(PickleOp.Mark).Text("storage").Global("torch", type + "Storage").Text(key).Text("cpu").Number(count).Op(PickleOp.Tuple).Op(PickleOp.PersistentId);

    public PickleBuilder Tensor(string key, long count, long offset, long[] sizes, long[] strides, string type = "Float") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op(PickleOp.Mark).Storage(key, count, type).Number(offset).Numbers(sizes).Numbers(strides)
            .Op(PickleOp.False).Op(PickleOp.None).Op(PickleOp.Tuple).Op(PickleOp.Reduce);

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
