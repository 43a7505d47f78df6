using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fgsm.Tensors.Files;

/// <summary>How elements lie in a file (little-endian), and the type that they have here: floats become float32, integers int64.</summary>
/// <param name="PyTorch">Its name in PyTorch's storage classes: <c>torch.FloatStorage</c> is "Float".</param>
/// <param name="Safetensors">Its name in safetensors.</param>
/// <param name="Size">Bytes of each element.</param>
internal sealed record ElementType(
    string PyTorch, string Safetensors, int Size, torch.ScalarType Type, Action<ReadOnlySpan<byte>, torch.Tensor, int> Decode)
{
    public static readonly IReadOnlyList<ElementType> All =
    [
        new("Float", "F32", 4, torch.ScalarType.Float32, (bytes, y, at) =>
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(y.Span<float>()[at..])),
        new("Double", "F64", 8, torch.ScalarType.Float32, Elements<float>(8, b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b))),
        new("Half", "F16", 2, torch.ScalarType.Float32, Elements<float>(2, b => (float)BinaryPrimitives.ReadHalfLittleEndian(b))),
        new("BFloat16", "BF16", 2, torch.ScalarType.Float32,
            Elements<float>(2, b => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(b) << 16))),
        new("Long", "I64", 8, torch.ScalarType.Int64, (bytes, y, at) => MemoryMarshal.Cast<byte, long>(bytes).CopyTo(y.Span<long>()[at..])),
        new("Int", "I32", 4, torch.ScalarType.Int64, Elements<long>(4, b => BinaryPrimitives.ReadInt32LittleEndian(b))),
        new("Short", "I16", 2, torch.ScalarType.Int64, Elements<long>(2, b => BinaryPrimitives.ReadInt16LittleEndian(b))),
        new("Char", "I8", 1, torch.ScalarType.Int64, Elements<long>(1, b => (sbyte)b[0])),
        new("Byte", "U8", 1, torch.ScalarType.Byte, (bytes, y, at) => bytes.CopyTo(y.Span<byte>()[at..])),
        new("Bool", "BOOL", 1, torch.ScalarType.Bool, Elements<bool>(1, b => b[0] != 0)),
    ];

    /// <summary>How a tensor of this engine is written.</summary>
    public static ElementType Of(torch.Tensor tensor) => All.First(t => t.Type == tensor.dtype);

    /// <summary>Fills <paramref name="tensor"/> from a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public void Read(Stream stream, torch.Tensor tensor)
    {
        var buffer = new byte[Math.Min(1 << 16, tensor.Count * (long)Size)];
        for (var at = 0; at < tensor.Count;)
        {
            var count = Math.Min(buffer.Length / Size, tensor.Count - at);
            stream.ReadExactly(buffer, 0, count * Size);
            Decode(buffer.AsSpan(0, count * Size), tensor, at);
            at += count;
        }
    }

    private delegate T ElementReader<T>(ReadOnlySpan<byte> bytes);

    private static Action<ReadOnlySpan<byte>, torch.Tensor, int> Elements<T>(int size, ElementReader<T> read) where T : unmanaged =>
        (bytes, y, at) =>
    {
        var to = y.Span<T>()[at..];
        for (var i = 0; i < bytes.Length / size; i++)
            to[i] = read(bytes[(i * size)..]);
    };
}
