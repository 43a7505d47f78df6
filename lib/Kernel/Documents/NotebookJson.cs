using System.Globalization;
using System.Text;
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

    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Append(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in element.EnumerateObject())
                    members[member.Name] = Node(member.Value);
                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return JsonValue.Create(element);
        }
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                text.Append("[]");
                break;
            case JsonObject members:
                text.Append('{');
                AppendList(text, members.OrderBy(member => member.Key, StringComparer.Ordinal), depth, member =>
                {
                    AppendString(text, member.Key);
                    text.Append(": ");
                    Append(text, member.Value, depth + 1);
                });
                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                AppendList(text, items, depth, item => Append(text, item, depth + 1));
                text.Append(']');
                break;
            default:
                if (node.GetValueKind() != JsonValueKind.String)
                    text.Append(node.ToJsonString());
                else if (node.GetValue<string>() is [NoNumber, .. "NaN" or "Infinity" or "-Infinity"] number)
                    text.Append(number, 1, number.Length - 1);
                else
                    AppendString(text, node.GetValue<string>());
                break;
        }
    }

    private static void AppendList<T>(StringBuilder text, IEnumerable<T> items, int depth, Action<T> append)
    {
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "\n" : ",\n").Append(' ', depth + 1);
            append(item);
            first = false;
        }
        text.Append('\n').Append(' ', depth);
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in ValidText.Of(value))
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }

    [GeneratedRegex(@"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(?<half>\\ud[89a-f][0-9a-f]{2})|\\.", RegexOptions.IgnoreCase)]
    private static partial Regex Escape();

    [GeneratedRegex(@"""(?>(?:[^""\\]|\\.)*)""|(?<number>-?\b(?:NaN|Infinity)\b)")]
    private static partial Regex StringOrNumber();
}
