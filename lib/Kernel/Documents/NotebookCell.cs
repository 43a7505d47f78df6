using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Documents;

/// <summary>What a cell holds.</summary>
public enum CellKind
{
    /// <summary>Code, with outputs.</summary>
    Code,

    /// <summary>Markdown text.</summary>
    Markdown,

    /// <summary>Text that is passed on as it is.</summary>
    Raw,
}

/// <summary>A cell of a notebook.</summary>
public sealed class NotebookCell
{
    private readonly JsonObject _json;

    /// <summary>A new cell.</summary>
    /// <param name="id">1 to 64 letters, digits, hyphens and underscores; unique in its notebook.</param>
    public NotebookCell(CellKind kind, string id, string source = "")
        : this(new JsonObject { ["cell_type"] = kind.ToString().ToLowerInvariant(), ["id"] = id }, kind, source) =>
        _json["metadata"] = new JsonObject();

    internal NotebookCell(JsonObject json, CellKind kind, string source)
    {
        _json = json;
        Kind = kind;
        Source = source;
        if (kind != CellKind.Code)
            return;
        foreach (var output in json["outputs"] as JsonArray ?? [])
            Outputs.Add(output!.DeepClone().AsObject());
    }

    /// <summary>Code, Markdown or raw text.</summary>
    public CellKind Kind { get; }

    /// <summary>The cell's id, unique in its notebook.</summary>
    public string Id
    {
        get => _json["id"] is JsonValue value && value.TryGetValue<string>(out var id) ? id : "";
        internal set => _json["id"] = value;
    }

    /// <summary>The text of the cell, lines separated by <c>\n</c>.</summary>
    public string Source { get; set; }

    /// <summary>The cell's metadata, as stored.</summary>
    public JsonObject Metadata => _json["metadata"]!.AsObject();

    /// <summary>The tags of the cell, <c>parameters</c> for example.</summary>
    public IReadOnlyList<string> Tags =>
        Metadata["tags"] is JsonArray tags ? [.. tags.OfType<JsonValue>().Select(tag => tag.ToString())] : [];

    /// <summary>The outputs of a code cell, each an nbformat output object (multi-line text as lists of lines).</summary>
    public IList<JsonObject> Outputs { get; } = [];

    /// <summary>The number of this execution, null where the cell has not run.</summary>
    public int? ExecutionCount
    {
        get => NotebookJson.Integer(_json["execution_count"]);
        set => _json["execution_count"] = value;
    }

    /// <summary>The first line of the source that is not blank, for messages.</summary>
    public string FirstLine => Source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line != "") ?? "";

    internal JsonObject ToJson()
    {
        var json = _json.DeepClone().AsObject();
        json["source"] = MultilineText.Split(Source);
        if (Kind == CellKind.Code)
        {
            json.TryAdd("execution_count", null);
            json["outputs"] = new JsonArray([.. Outputs.Select(output => output.DeepClone())]);
        }
        return json;
    }
}
