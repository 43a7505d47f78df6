using System.Text;

namespace Fgsm.Benchmarks.Onnx;

/// <summary>A message of Protocol Buffers: fields by their numbers, https://protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtoWriter
{
    private readonly MemoryStream bytes = new();

    public byte[] ToArray() => bytes.ToArray();

    public ProtoWriter Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter value) => Bytes(field, value.ToArray());

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    /// <summary>Seven bits a byte, the lowest first; the top bit says that more follow.</summary>
    private void Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
            bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }
}
