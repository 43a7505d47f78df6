using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Display;

/// <summary>How content of a mime type stands in a notebook and in messages: JSON as JSON, all else as text.</summary>
internal static class MimeContent
{
    public static bool IsJson(string mimeType) =>
        mimeType == "application/json" || (mimeType.StartsWith("application/", StringComparison.Ordinal) && mimeType.EndsWith("+json", StringComparison.Ordinal));

    /// <summary>JSON text as a node; text that is no JSON stays a string.</summary>
    public static JsonNode? Parse(string json)
    {
        try
        {
            return NotebookJson.Parse(json);
        }
        catch (JsonException)
        {
            return JsonValue.Create(json);
        }
    }
}
