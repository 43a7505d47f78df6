using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Running;

/// <summary>Keeps what cells show as nbformat outputs in the cells; an update replaces the display where it stands.</summary>
internal sealed class OutputDocument
{
    private readonly Dictionary<string, List<JsonObject>> _displays = [];

    public void Add(NotebookCell cell, CellOutput output)
    {
        switch (output)
        {
            case StreamOutput stream when cell.Outputs.LastOrDefault() is { } last && MultilineText.Join(last["name"]) == stream.Name:
                last["text"] = MultilineText.Split(MultilineText.Join(last["text"]) + stream.Text);
                break;
            case StreamOutput stream:
                cell.Outputs.Add(new JsonObject { ["output_type"] = "stream", ["name"] = stream.Name, ["text"] = MultilineText.Split(stream.Text) });
                break;
            case DisplayOutput display:
                var shown = new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = Data(display.Data) };
                if (!_displays.TryGetValue(display.DisplayId, out var places))
                    _displays[display.DisplayId] = places = [];
                places.Add(shown);
                cell.Outputs.Add(shown);
                break;
            case DisplayUpdate update:
                foreach (var place in _displays.GetValueOrDefault(update.DisplayId, []))
                    place["data"] = Data(update.Data);
                break;
            case ResultOutput result:
                cell.Outputs.Add(new JsonObject { ["output_type"] = "execute_result", ["execution_count"] = result.ExecutionCount, ["metadata"] = new JsonObject(), ["data"] = Data(result.Data) });
                break;
            case ErrorOutput error:
                cell.Outputs.Add(new JsonObject { ["output_type"] = "error", ["ename"] = error.Name, ["evalue"] = error.Message, ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]) });
                break;
        }
    }

    private static JsonObject Data(IReadOnlyDictionary<string, string> data) =>
        new(data.Select(item => KeyValuePair.Create<string, JsonNode?>(item.Key, MimeContent.IsJson(item.Key) ? MimeContent.Parse(item.Value) : MultilineText.Split(item.Value))));
}
