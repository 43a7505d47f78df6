using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Display;

/// <summary>What cells show, as messages and notebooks hold it: JSON as JSON, all else as text.</summary>
internal static class OutputContent
{
    /// <summary>The type of the message, and its content.</summary>
    public static (string Type, JsonObject Content) Of(CellOutput output) => output switch
    {
        StreamOutput stream => ("stream", new() { ["name"] = stream.Name, ["text"] = stream.Text }),
        DisplayOutput display => ("display_data", Display(display.Data, display.DisplayId)),
        DisplayUpdate update => ("update_display_data", Display(update.Data, update.DisplayId)),
        ResultOutput result => ("execute_result", new() { ["execution_count"] = result.ExecutionCount, ["data"] = Data(result.Data), ["metadata"] = new JsonObject() }),
        ErrorOutput error => ("error", Error(error)),
        _ => throw new UnreachableException(),
    };

    public static JsonObject Error(ErrorOutput error) =>
        new() { ["ename"] = error.Name, ["evalue"] = error.Message, ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]) };

    /// <summary>By mime type.</summary>
    public static JsonObject Data(IReadOnlyDictionary<string, string> data) =>
        new(data.Select(item => KeyValuePair.Create(item.Key, IsJson(item.Key) ? Parse(item.Value) : JsonValue.Create(item.Value))));

    public static bool IsJson(string mimeType) =>
        mimeType == "application/json" || (mimeType.StartsWith("application/", StringComparison.Ordinal) && mimeType.EndsWith("+json", StringComparison.Ordinal));

    private static JsonObject Display(IReadOnlyDictionary<string, string> data, string id) =>
        new() { ["data"] = Data(data), ["metadata"] = new JsonObject(), ["transient"] = new JsonObject { ["display_id"] = id } };

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
