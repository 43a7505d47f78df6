using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Running;

/// <summary>Keeps what cells show as nbformat outputs in the cells; an update replaces the display where it stands.</summary>
internal sealed class OutputDocument
{
    private readonly List<(string Id, JsonObject Output)> _displays = [];

    public void Add(NotebookCell cell, CellOutput output)
    {
        if (output is StreamOutput stream && cell.Outputs.LastOrDefault() is { } last && MultilineText.Join(last["name"]) == stream.Name)
        {
            last["text"] = MultilineText.Split(MultilineText.Join(last["text"]) + stream.Text);
            return;
        }
        var (type, content) = OutputContent.Of(output);
        if (content["text"] is { } text)
            content["text"] = MultilineText.Split(text.ToString());
        if (content["data"] is JsonObject data)
            foreach (var mimeType in data.Select(part => part.Key).Where(mimeType => !OutputContent.IsJson(mimeType)).ToList())
                data[mimeType] = MultilineText.Split(data[mimeType]!.ToString());
        if (output is DisplayUpdate update)
        {
            foreach (var (_, shown) in _displays.Where(display => display.Id == update.DisplayId))
                shown["data"] = content["data"]!.DeepClone();
            return;
        }
        content["output_type"] = type;
        content.Remove("transient");
        cell.Outputs.Add(content);
        if (output is DisplayOutput { DisplayId: var id })
            _displays.Add((id, content));
    }
}
