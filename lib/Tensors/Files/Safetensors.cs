using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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
        public long? Count => Shape.Aggregate(
            (Int128)1, (count, size) => size < 0 ? int.MaxValue : Int128.Min(count * size, int.MaxValue)) is var all
            && all <= int.MaxValue / 2 ? (long)all : null;
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
        var (header, position) = (new JsonObject(), 0L);
        foreach (var (name, tensor) in ordered)
        {
            var type = ElementType.Of(tensor);
            header[name] = new JsonObject
            {
                ["dtype"] = type.Safetensors,
                ["shape"] = new JsonArray([.. tensor.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(position, position += tensor.numel() * type.Size),
            };
        }
        // All in ASCII; spaces after the JSON align the data.
        var json = header.ToJsonString();
        var padded = Encoding.ASCII.GetBytes(json.PadRight((json.Length + 7) & ~7));
        stream.Write(BitConverter.GetBytes((long)padded.Length));
        stream.Write(padded);
        foreach (var (_, tensor) in ordered)
            stream.Write(ElementType.Bytes(tensor));
    }
}
