using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Jupyter;

/// <summary>Between frames and messages. What is not signed with the key is no message.</summary>
internal sealed class MessageCodec(string key)
{
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The message in the frames; null where they hold none, or one that somebody else signed.</summary>
    public JupyterMessage? Decode(List<byte[]> frames)
    {
        var start = frames.FindIndex(frame => frame.AsSpan().SequenceEqual(Delimiter));
        if (start < 0 || frames.Count - start < 6)
            return null;
        var signature = Sign([.. frames.Skip(start + 2).Take(4)]);
        if (_key.Length > 0 && !CryptographicOperations.FixedTimeEquals(signature, frames[start + 1]))
            return null;
        try
        {
            JsonObject Part(int i) =>
                NotebookJson.Parse(Encoding.UTF8.GetString(frames[start + i])) as JsonObject ?? throw new JsonException("no object");
            return new JupyterMessage([.. frames.Take(start)], Part(2), Part(3), Part(4), Part(5));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public List<byte[]> Encode(JupyterMessage message)
    {
        byte[][] parts = [Bytes(message.Header), Bytes(message.ParentHeader), Bytes(message.Metadata), Bytes(message.Content)];
        return [.. message.Identities, Delimiter, Sign(parts), .. parts];
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(JsonOptions));

    private byte[] Sign(IReadOnlyList<byte[]> parts)
    {
        if (_key.Length == 0)
            return [];
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts)
            hmac.AppendData(part);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hmac.GetHashAndReset()));
    }
}
