using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel;

/// <summary>Any value as HTML: objects, sequences and dictionaries as tables, everything encoded.</summary>
internal static class HtmlView
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Write(object? value) =>
        value is HtmlString html ? html.ToString()
        : ValueShape.Of(value) is ValueShape.Plain plain ? $"<pre>{Encode(plain.Content)}</pre>"
        : Nested(value, 0);

    public static string Encode(string text) => s_encoder.Encode(text).Replace("&#xA;", "\n", StringComparison.Ordinal);

    private static string Nested(object? value, int depth)
    {
        if (value is HtmlString html)
            return html.ToString();
        if (depth > 0 && value is not null && Formatter.Registered(value, HtmlFormatter.MimeType) is { } own)
            return own;
        if (depth > Formatter.RecursionLimit)
            return "…";
        return ValueShape.Of(value) switch
        {
            ValueShape.Plain plain when plain.Content.Contains('\n') => $"<pre>{Encode(plain.Content)}</pre>",
            ValueShape.Plain plain => Encode(plain.Content),
            ValueShape.Entries { Pairs: var items, Rest: var more } =>
                Table(["key", "value"], items.Select(item => new[] { Nested(item.Key, depth + 1), Nested(item.Value, depth + 1) }), more),
            ValueShape.Items { Values: var values, Rest: var more } => Sequence(values, more, depth),
            ValueShape.Members { Name: var name, Values: var members } => Object(name, members, depth),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>A row for each item; a column for each member where all items are objects with the same members.</summary>
    private static string Sequence(IReadOnlyList<object?> values, string? more, int depth)
    {
        var objects = values.Select(value => value is HtmlString ? null : ValueShape.Of(value) as ValueShape.Members).ToList();
        var columns = objects.FirstOrDefault()?.Values.Select(member => member.Name).ToList();
        if (columns is not { Count: > 0 } || objects.Any(o => o is null || !o.Values.Select(member => member.Name).SequenceEqual(columns)))
            return Table(["index", "value"], values.Select((value, i) => new[] { $"{i}", Nested(value, depth + 1) }), more);
        return Table(["index", .. columns],
            objects.Select((o, i) => (string[])[$"{i}", .. o!.Values.Select(member => Nested(member.Value, depth + 1))]), more);
    }

    private static string Object(string name, IReadOnlyList<(string Name, object? Value)> members, int depth) =>
        (name == "" ? "" : $"<div><code>{Encode(name)}</code></div>")
        + Table(null, members.Select(member => new[] { $"<b>{Encode(member.Name)}</b>", Nested(member.Value, depth + 1) }), null);

    private static string Table(IReadOnlyList<string>? heads, IEnumerable<string[]> rows, string? more)
    {
        var head = heads is null ? "" : $"<thead><tr>{string.Concat(heads.Select(h => $"<th>{Encode(h)}</th>"))}</tr></thead>\n";
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>\n"));
        var tail = more is null ? "" : $"<tr><td colspan=\"{heads?.Count ?? 2}\">{Encode(more)}</td></tr>\n";
        return $"<table>\n{head}<tbody>\n{body}{tail}</tbody>\n</table>";
    }
}
