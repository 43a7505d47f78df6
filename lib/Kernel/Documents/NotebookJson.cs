using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Documents;

/// <summary>
/// Writes JSON byte for byte as Jupyter does (nbformat's <c>json.dumps(indent=1, sort_keys=True, ensure_ascii=False)</c>),
/// so that a notebook saved here and one saved by Jupyter differ only where they differ.
/// </summary>
internal static class NotebookJson
{
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Append(text, node, 0);
        return text.Append('\n').ToString();
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
                if (node.GetValueKind() == JsonValueKind.String)
                    AppendString(text, node.GetValue<string>());
                else
                    text.Append(node.ToJsonString());
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
        foreach (var c in value)
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
}
