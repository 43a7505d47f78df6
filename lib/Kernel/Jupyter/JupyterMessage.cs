using System.Globalization;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Jupyter;

/// <summary>A message of the Jupyter protocol (https://jupyter-client.readthedocs.io/en/stable/messaging.html).</summary>
/// <param name="Identities">The routing frames that came before it.</param>
/// <param name="ParentHeader">The header of the request that this answers.</param>
internal sealed record JupyterMessage(IReadOnlyList<byte[]> Identities, JsonObject Header, JsonObject ParentHeader, JsonObject Metadata, JsonObject Content)
{
    public const string ProtocolVersion = "5.3";

    public string Type => Text(Header, "msg_type");

    /// <summary>A message of this kernel, in answer to another.</summary>
    public static JupyterMessage Create(string type, JsonObject content, JupyterMessage? parent, string session) => new(
        parent?.Identities ?? [],
        new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString(),
            ["session"] = session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            ["msg_type"] = type,
            ["version"] = ProtocolVersion,
        },
        parent?.Header.DeepClone().AsObject() ?? [],
        [],
        content);

    public string Text(string name) => Text(Content, name);

    public bool Flag(string name, bool otherwise) => Content[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : otherwise;

    public int Integer(string name, int otherwise) => Content[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : otherwise;

    private static string Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
