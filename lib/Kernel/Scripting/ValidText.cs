namespace Fgsm.Kernel.Scripting;

/// <summary>Text that can be written anywhere: half a surrogate pair becomes U+FFFD, as in a browser.</summary>
internal static class ValidText
{
    public static string Of(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;

    public static ErrorOutput Of(ErrorOutput error) => new(Of(error.Name), Of(error.Message), [.. error.Traceback.Select(Of)]);

    public static CellOutput Of(CellOutput output) => output switch
    {
        StreamOutput stream => stream with { Text = Of(stream.Text) },
        DisplayOutput display => display with { Data = Of(display.Data) },
        DisplayUpdate update => update with { Data = Of(update.Data) },
        ResultOutput result => result with { Data = Of(result.Data) },
        ErrorOutput error => Of(error),
        _ => output,
    };

    private static Dictionary<string, string> Of(IReadOnlyDictionary<string, string> data) => data.ToDictionary(part => Of(part.Key), part => Of(part.Value));
}
