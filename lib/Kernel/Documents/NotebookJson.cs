using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Kernel.Documents;

/// <summary>
/// Reads JSON as Python does, and writes it byte for byte as Jupyter does
/// (nbformat's <c>json.dumps(indent=1, sort_keys=True, ensure_ascii=False)</c>), so that a notebook saved here and one saved by Jupyter differ only where they differ.
/// </summary>
internal static partial class NotebookJson
{
    // Begins a string that stands for a number of Python's which JSON lacks: a code point that is no character.
    private const char NoNumber = '\uFFFF';

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    private static readonly JsonSerializerOptions AsJupyter = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        MaxDepth = Options.MaxDepth,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a key that occurs twice, the last counts. Half a surrogate pair becomes U+FFFD.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static JsonNode? Parse(string json)
    {
        var whole = Escape().Replace(json, escape => escape.Groups["half"].Success ? @"\ufffd" : escape.Value);
        return Node(JsonElement.Parse(Encoding.UTF8.GetBytes(whole), Options));
    }

    /// <summary>Reads NaN, Infinity and -Infinity too, which <see cref="Write"/> writes again.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static JsonNode? ParseNotebook(string json) =>
        Parse(StringOrNumber().Replace(json, part => part.Groups["number"].Success ? $"\"{NoNumber}{part.Value}\"" : part.Value));

    /// <summary>A whole number, 1.0 too; null where there is none.</summary>
    public static int? Integer(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number
        && double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture) is var number && number == (int)number ? (int)number : null;

    public static string Write(JsonNode node) =>
        Written().Replace(Sorted(node)!.ToJsonString(AsJupyter), part =>
            part.Groups["number"] is { Success: true } number ? number.Value
            : part.Groups["character"] is { Success: true } code ? ((char)Convert.ToInt32(code.Value, 16)).ToString()
            : part.Value.ToLowerInvariant()) + "\n";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(
            members.OrderBy(member => member.Key, StringComparer.Ordinal)
                .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(
            element.EnumerateObject().Reverse().DistinctBy(member => member.Name).Reverse()
                .Select(member => KeyValuePair.Create(member.Name, Node(member.Value)))),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Node)]),
        _ => JsonValue.Create(element),
    };

    [GeneratedRegex(@"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(?<half>\\ud[89a-f][0-9a-f]{2})|\\.", RegexOptions.IgnoreCase)]
    private static partial Regex Escape();

    [GeneratedRegex(@"""(?>(?:[^""\\]|\\.)*)""|(?<number>-?\b(?:NaN|Infinity)\b)")]
    private static partial Regex StringOrNumber();

    // What System.Text.Json escapes: a stand-in for a number, what Jupyter writes as it is, and the rest.
    [GeneratedRegex("""
        "\\uFFFF(?<number>NaN|-?Infinity)"|\\u(?<character>(?!00[01])[0-9A-F]{4})|\\u00[01].|\\.
        """)]
    private static partial Regex Written();
}
