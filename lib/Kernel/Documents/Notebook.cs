using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Kernel.Documents;

/// <summary>
/// A Jupyter notebook, nbformat 4.5 (https://nbformat.readthedocs.io). Reading one never runs anything.
/// What it does not know it keeps.
/// </summary>
public sealed partial class Notebook
{
    private readonly JsonObject _json;

    /// <summary>A new, empty notebook for the C# kernel.</summary>
    public Notebook()
        : this(new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject { ["name"] = "C#", ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp" },
            },
        })
    {
    }

    private Notebook(JsonObject json)
    {
        _json = json;
    }

    /// <summary>The cells, in order.</summary>
    public IList<NotebookCell> Cells { get; } = [];

    /// <summary>The notebook's metadata, as stored.</summary>
    public JsonObject Metadata => _json["metadata"]!.AsObject();

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="NotebookException">The file cannot be read or is no notebook of nbformat 4.</exception>
    public static Notebook Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message;
            throw new NotebookException($"{path}: cannot be read: {reason}", e);
        }
    }

    /// <summary>Reads a notebook from its text.</summary>
    /// <param name="json">The content of an .ipynb file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="NotebookException">The text is no notebook of nbformat 4.</exception>
    public static Notebook Parse(string json, string name = "notebook")
    {
        try
        {
            var root = JsonNode.Parse(WithoutHalves(json), documentOptions: new JsonDocumentOptions { MaxDepth = 256, AllowDuplicateProperties = false });
            return new NotebookReader(name).Read(root);
        }
        catch (JsonException e) when (e.LineNumber is { } line)
        {
            throw new NotebookException($"{name}: not a notebook: broken JSON at line {line + 1}, column {e.BytePositionInLine + 1}", e);
        }
        catch (JsonException e)
        {
            throw new NotebookException($"{name}: not a notebook: {e.Message}", e);
        }
    }

    /// <summary>Half a surrogate pair, which Python writes as an escape and .NET does not read, becomes U+FFFD.</summary>
    private static string WithoutHalves(string json) =>
        json.Contains("\\ud", StringComparison.OrdinalIgnoreCase)
            ? Escape().Replace(json, escape => escape.Groups["half"].Success ? "\uFFFD" : escape.Value)
            : json;

    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.")]
    private static partial Regex Escape();

    /// <summary>Writes the notebook as Jupyter would, under a temporary name that is then renamed.</summary>
    /// <exception cref="NotebookException">The file cannot be written; what was there before is untouched.</exception>
    public void Save(string path)
    {
        var temporary = path + ".tmp";
        try
        {
            // Half a surrogate pair, which no encoding can write, becomes U+FFFD.
            File.WriteAllText(temporary, ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw new NotebookException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>A notebook of its own with the same content.</summary>
    public Notebook Clone() => Parse(ToString());

    /// <summary>The text of the .ipynb file.</summary>
    public override string ToString()
    {
        var json = _json.DeepClone().AsObject();
        json["nbformat"] = 4;
        json["nbformat_minor"] = 5;
        json["cells"] = new JsonArray([.. Cells.Select(cell => cell.ToJson())]);
        return NotebookJson.Write(json);
    }

    private sealed partial class NotebookReader(string name)
    {
        public Notebook Read(JsonNode? root)
        {
            if (root is not JsonObject json)
                throw Broken("the file is no JSON object");
            var major = Integer(json["nbformat"]) ?? throw Broken("'nbformat' is missing");
            if (major != 4)
                throw Broken($"nbformat {major} is not supported; save it as nbformat 4 with Jupyter");
            if (json["metadata"] is not JsonObject)
                throw Broken("'metadata' is missing or no object");
            if (json["cells"] is not JsonArray cells)
                throw Broken("'cells' is missing or no list");
            var hasIds = Integer(json["nbformat_minor"]) >= 5;
            var notebook = new Notebook(json);
            var ids = new HashSet<string>();
            for (var i = 0; i < cells.Count; i++)
                notebook.Cells.Add(ReadCell(cells[i], i, hasIds, ids));
            json.Remove("cells");
            return notebook;
        }

        private NotebookCell ReadCell(JsonNode? node, int index, bool hasIds, HashSet<string> ids)
        {
            var where = $"cell {index + 1}";
            if (node is not JsonObject json)
                throw Broken($"{where} is no object");
            CellKind kind = MultilineText.Join(json["cell_type"]) switch
            {
                "code" => CellKind.Code,
                "markdown" => CellKind.Markdown,
                "raw" => CellKind.Raw,
                var other => throw Broken($"{where}: 'cell_type' is '{other}', not code, markdown or raw"),
            };
            // Jupyter, too, gives a cell the id that it lacks.
            if (!hasIds || json["id"] is null)
                json["id"] = $"cell-{index + 1}";
            var id = MultilineText.Join(json["id"]);
            if (id is null || !CellId().IsMatch(id))
                throw Broken($"{where}: 'id' must be 1 to 64 letters, digits, '-' or '_'");
            if (!ids.Add(id))
                throw Broken($"{where}: the id '{id}' occurs twice");
            if (json["metadata"] is not JsonObject)
                throw Broken($"{where}: 'metadata' is missing or no object");
            var source = MultilineText.Join(json["source"]) ?? throw Broken($"{where}: 'source' is neither text nor lines of text");
            if (kind == CellKind.Code && !(json["outputs"] is JsonArray outputs && outputs.All(IsOutput)))
                throw Broken($"{where}: 'outputs' is missing or not a list of outputs");
            return new NotebookCell(json, kind, source);
        }

        private static bool IsOutput(JsonNode? node) => node is JsonObject output && MultilineText.Join(output["output_type"]) switch
        {
            "stream" => MultilineText.Join(output["text"]) is not null,
            "display_data" or "execute_result" => output["data"] is JsonObject,
            "error" => true,
            _ => false,
        };

        private static int? Integer(JsonNode? node) =>
            node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number) ? number : null;

        private NotebookException Broken(string what) => new($"{name}: not a notebook: {what}");

        [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
        private static partial Regex CellId();
    }
}
