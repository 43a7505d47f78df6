using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Files;

/// <summary>
/// The safetensors format: the length of a header (8 bytes), the header (JSON: for each tensor its type, shape, and where in the data it
/// lies), the data. https://huggingface.co/docs/safetensors
/// </summary>
internal static class Safetensors
{
    private const int MaxHeaderBytes = 4 << 20;
    private const string Metadata = "__metadata__";

    /// <summary>Tensors by name, in the order of the data; they belong to the innermost dispose scope.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or no such file.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream)
    {
        Span<byte> size = stackalloc byte[8];
        stream.ReadExactly(size);
        if (size.StartsWith("PK"u8))
            throw new InvalidDataException("it is a file of PyTorch: use load_py");
        var length = BinaryPrimitives.ReadInt64LittleEndian(size);
        if (length is < 2 or > MaxHeaderBytes || length > stream.Length - 8)
            throw new InvalidDataException($"it has a header of {length} bytes: it is cut short or no safetensors file");
        var header = new byte[length];
        stream.ReadExactly(header);

        var tensors = new Dictionary<string, Tensor>();
        var position = 0L;
        foreach (var (name, entry) in Entries(header).OrderBy(e => e.Entry.Begin).ThenBy(e => e.Entry.End))
        {
            if (entry.Begin != position || entry.Count is not { } count || entry.End - entry.Begin != count * entry.Type.Size
                || entry.End > stream.Length - 8 - length)
                throw new InvalidDataException($"tensor {Text.Quoted(name)} does not lie where it should");
            var tensor = Tensor.Empty("load", entry.Shape, entry.Type.Type);
            entry.Type.Read(stream, tensor);
            tensors.Add(name, tensor);
            position = entry.End;
        }
        return position == stream.Length - 8 - length ? tensors : throw new InvalidDataException("it has bytes that belong to no tensor");
    }

    private sealed record Entry(ElementType Type, long[] Shape, long Begin, long End)
    {
        /// <summary>The number of elements; null when it is more than a tensor can have.</summary>
        public long? Count
        {
            get
            {
                Int128 count = 1;
                foreach (var size in Shape)
                    count = size < 0 ? int.MaxValue : Int128.Min(count * size, int.MaxValue);
                return count <= int.MaxValue / 2 ? (long)count : null;
            }
        }
    }

    private static IEnumerable<(string Name, Entry Entry)> Entries(byte[] header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return [.. json.RootElement.EnumerateObject().Where(p => p.Name != Metadata).Select(p => (p.Name, Parse(p.Name, p.Value)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException("its header is not that of a safetensors file", e);
        }
    }

    private static Entry Parse(string name, JsonElement description)
    {
        var type = description.GetProperty("dtype").GetString();
        var offsets = description.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        if (offsets is not [var begin, var end])
            throw new FormatException();
        return new Entry(
            ElementType.All.FirstOrDefault(t => t.Safetensors == type) ?? throw new InvalidDataException(
                $"tensor {Text.Quoted(name)} is of type {Text.Quoted(type ?? "null")}, which is not supported"),
            [.. description.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())], begin, end);
    }

    /// <summary>Writes the larger elements first and then by name, as the format's own library does, so that all are aligned.</summary>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var ordered = tensors.OrderByDescending(t => ElementType.Of(t.Value).Size).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        var header = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            var position = 0L;
            foreach (var (name, tensor) in ordered)
            {
                var type = ElementType.Of(tensor);
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Safetensors);
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(position);
                json.WriteNumberValue(position += tensor.numel() * type.Size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces after the JSON align the data.
        var padded = (header.WrittenCount + 7) & ~7;
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, padded);
        stream.Write(size);
        stream.Write(header.WrittenSpan);
        stream.Write("       "u8[..(padded - header.WrittenCount)]);
        foreach (var (_, tensor) in ordered)
            stream.Write(tensor.bytes);
    }
}
