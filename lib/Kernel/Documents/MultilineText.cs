using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Documents;

/// <summary>nbformat's multi-line strings: one string in memory, a list of lines with their ends on disk.</summary>
internal static class MultilineText
{
    // The line ends of Python's str.splitlines, which nbformat uses.
    private const string LineEnds = "\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029";

    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!LineEnds.Contains(text[i]))
                continue;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            lines.Add(text[start..(i + 1)]);
            start = i + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    /// <summary>The text of a string or of a list of strings; null where it is neither.</summary>
    public static string? Join(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String)
            => string.Concat(lines.Select(line => line!.GetValue<string>())),
        _ => null,
    };
}
