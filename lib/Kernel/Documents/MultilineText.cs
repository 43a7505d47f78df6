using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Kernel.Documents;

/// <summary>nbformat's multi-line strings: one string in memory, a list of lines with their ends on disk.</summary>
internal static partial class MultilineText
{
    // The line ends of Python's str.splitlines, which nbformat uses.
    private const string LineEnds = @"\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029";

    public static JsonArray Split(string text) => new([.. Line().Matches(text).Select(line => JsonValue.Create(line.Value))]);

    /// <summary>The text of a string or of a list of strings; null where it is neither.</summary>
    public static string? Join(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String)
            => string.Concat(lines.Select(line => line!.GetValue<string>())),
        _ => null,
    };

    [GeneratedRegex($@"[^{LineEnds}]*(?:\r\n|[{LineEnds}])|[^{LineEnds}]+")]
    private static partial Regex Line();
}
