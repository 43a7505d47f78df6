using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Models;

/// <summary>
/// Reads float32 weights of safetensors, as the embedded engine's extension does. PyBridge has one too, but in a notebook a call of it ends
/// in a MissingMethodException.
/// </summary>
internal static class SafetensorsFile
{
    /// <exception cref="TensorFileException">The file cannot be read, or does not have just what the module has.</exception>
    public static void load_safetensors(this nn.Module module, string file)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(file));
            var header = JsonNode.Parse(reader.ReadBytes(checked((int)reader.ReadInt64())))!.AsObject();
            var data = reader.BaseStream.Position;
            using var grad = no_grad();
            foreach (var (name, weight) in module.state_dict())
            {
                var entry = header[name] ?? throw new InvalidDataException($"it has no tensor {name}");
                var (from, to) = ((long)entry["data_offsets"]![0]!, (long)entry["data_offsets"]![1]!);
                if ((string?)entry["dtype"] != "F32" || to - from != weight.numel() * sizeof(float))
                    throw new InvalidDataException($"{name} is not float32 of shape [{string.Join(", ", weight.shape)}]");
                reader.BaseStream.Position = data + from;
                weight.copy_(tensor(MemoryMarshal.Cast<byte, float>(reader.ReadBytes((int)(to - from))).ToArray(), weight.shape));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or OverflowException or ArgumentException)
        {
            throw new TensorFileException(file, $"cannot be read: {e.Message}", e);
        }
    }
}
