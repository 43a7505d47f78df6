using Microsoft.DotNet.Interactive.Formatting;

namespace System;

/// <summary>Displays of any value.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value.</summary>
    /// <param name="mimeTypes">In which mime types; those preferred for its type where none is given.</param>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        new(value, Formatter.Bundle(value, mimeTypes));

    /// <summary>Shows text that is content of a mime type already: HTML, SVG, Markdown, base64 of a PNG, JSON.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrWhiteSpace(mimeType);
        return new(value, new Dictionary<string, string> { [mimeType] = value });
    }
}
