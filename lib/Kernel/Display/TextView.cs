using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel;

/// <summary>Any value as a line of text.</summary>
internal static class TextView
{
    public static string Write(object? value) => Write(value, 0);

    private static string Write(object? value, int depth)
    {
        if (depth > 0 && value is not null && Formatter.Registered(value, PlainTextFormatter.MimeType) is { } own)
            return own;
        if (depth > Formatter.RecursionLimit)
            return "…";
        return ValueShape.Of(value) switch
        {
            ValueShape.Plain plain => plain.Content,
            ValueShape.Entries { Pairs: var items, Rest: var more } =>
                Braced("{", items.Select(item => $"{Write(item.Key, depth + 1)}: {Write(item.Value, depth + 1)}"), more, "}"),
            ValueShape.Items { Values: var values, Rest: var more } =>
                Braced("[", values.Select(item => Write(item, depth + 1)), more, "]"),
            ValueShape.Members { Name: var name, Values: var members } =>
                (name + " " + Braced("{", members.Select(m => $"{m.Name} = {Write(m.Value, depth + 1)}"), null, "}")).TrimStart(),
            _ => throw new InvalidOperationException(),
        };
    }

    private static string Braced(string open, IEnumerable<string> parts, string? more, string close)
    {
        var all = string.Join(", ", more is null ? parts : parts.Append(more));
        return all == "" ? $"{open} {close}" : $"{open} {all} {close}";
    }
}
