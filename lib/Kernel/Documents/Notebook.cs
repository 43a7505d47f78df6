using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fgsm.Tensors.Files;

namespace Fgsm.Kernel.Documents;

/// <summary>
/// A Jupyter notebook, nbformat 4.5 (https://nbformat.readthedocs.io). Reading one never runs anything.
/// What it does not know it keeps.
/// </summary>
public sealed partial class Notebook
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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

    private Notebook(JsonObject json) => _json = json;

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
            return Parse(File.ReadAllText(path, Utf8), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var reason = e switch
            {
                DecoderFallbackException => "not a notebook: it is no text in UTF-8",
                FileNotFoundException or DirectoryNotFoundException => "cannot be read: there is no such file",
                _ when Directory.Exists(path) => "cannot be read: it is a folder",
                _ => $"cannot be read: {e.Message}",
            };
            throw new NotebookException($"{path}: {reason}", e);
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
            return new NotebookReader(name).Read(NotebookJson.ParseNotebook(json));
        }
        catch (JsonException e)
        {
            var reason = json.TrimStart() switch
            {
                "" => "the file is empty",
                ['<', ..] => "it is a web page: download the file itself",
                ['v', 'e', 'r', 's', 'i', 'o', 'n', ' ', ..] => "it is a Git LFS pointer, not the file itself: run 'git lfs pull'",
                _ => $"broken JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}",
            };
            throw new NotebookException($"{name}: not a notebook: {reason}", e);
        }
    }

    /// <summary>Writes the notebook as Jupyter would, whole or not at all. A symbolic link stays one.</summary>
    /// <exception cref="NotebookException">The file cannot be written; what was there before is untouched.</exception>
    public void Save(string path)
    {
        try
        {
            WholeFile.Write(path, stream => stream.Write(Utf8.GetBytes(ToString())));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
        json["nbformat_minor"] = Math.Max(5, NotebookJson.Integer(json["nbformat_minor"]) ?? 5);
        json["cells"] = new JsonArray([.. Cells.Select(cell => cell.ToJson())]);
        return NotebookJson.Write(json);
    }

    private sealed partial class NotebookReader(string name)
    {
        public Notebook Read(JsonNode? root)
        {
            if (root is not JsonObject json)
                throw Broken("the file is no JSON object");
            var major = NotebookJson.Integer(json["nbformat"]) ?? throw Broken("'nbformat' is missing or no whole number");
            if (major != 4)
                throw Broken($"nbformat {major} is not supported; save it as nbformat 4 with Jupyter");
            CheckMetadata(json, "");
            if (json["cells"] is not JsonArray cells)
                throw Broken("'cells' is missing or no list");
            json.Remove("cells");
            var notebook = new Notebook(json);
            foreach (var (index, cell) in cells.Index())
                notebook.Cells.Add(ReadCell(cell, $"cell {index + 1}: "));
            RepairIds(notebook.Cells);
            return notebook;
        }

        private NotebookCell ReadCell(JsonNode? node, string where)
        {
            if (node is not JsonObject json)
                throw Broken($"{where}it is no object");
            CellKind kind = MultilineText.Join(json["cell_type"]) switch
            {
                "code" => CellKind.Code,
                "markdown" => CellKind.Markdown,
                "raw" => CellKind.Raw,
                var other => throw Broken($"{where}'cell_type' is '{other}', not code, markdown or raw"),
            };
            CheckMetadata(json, where);
            var source = MultilineText.Join(json["source"] ?? "") ?? throw Broken($"{where}'source' is neither text nor lines of text");
            if (kind == CellKind.Code && json["outputs"] is { } outputs && !(outputs is JsonArray list && list.All(output => output is JsonObject)))
                throw Broken($"{where}'outputs' is no list of outputs");
            return new NotebookCell(json, kind, source);
        }

        private void CheckMetadata(JsonObject json, string where)
        {
            if ((json["metadata"] ??= new JsonObject()) is not JsonObject)
                throw Broken($"{where}'metadata' is no object");
        }

        /// <summary>Gives an id to each cell that has none, as before nbformat 4.5, or one that is taken or not allowed.</summary>
        private static void RepairIds(IEnumerable<NotebookCell> cells)
        {
            var ids = new HashSet<string>();
            foreach (var (index, cell) in cells.Index().Where(cell => !(CellId().IsMatch(cell.Item.Id) && ids.Add(cell.Item.Id))).ToList())
            {
                var id = $"cell-{index + 1}";
                while (!ids.Add(id))
                    id += "-";
                cell.Id = id;
            }
        }

        private NotebookException Broken(string what) => new($"{name}: not a notebook: {what}");

        [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,64}\z")]
        private static partial Regex CellId();
    }
}
