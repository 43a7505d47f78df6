using System.Text.Json;
using Fgsm.Kernel;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>
/// Turns values into what a notebook shows. This and its neighbours in this folder bear the names and signatures that they
/// have in Polyglot Notebooks, namespaces included, so that one notebook runs in both.
/// </summary>
/// <remarks>What a notebook registers is its own: it ends with the session and no other session sees it.</remarks>
public static class Formatter
{
    private static readonly FormatterRegistry s_shared = new(fallback: null);

    internal static FormatterRegistry Shared => s_shared;

    private static FormatterRegistry Registry => CSharpSession.Current?.Formatters ?? s_shared;

    /// <summary>How many items of a sequence are shown; 20 unless set.</summary>
    public static int ListExpansionLimit { get; set; } = 20;

    /// <summary>How deep nested objects are shown; 6 unless set.</summary>
    public static int RecursionLimit { get; set; } = 6;

    /// <summary>What stands for null.</summary>
    public static string NullString { get; set; } = "<null>";

    /// <summary>Sets how values of type <typeparamref name="T"/> are written as <paramref name="mimeType"/>.</summary>
    public static void Register<T>(Func<T, string> formatter, string mimeType = PlainTextFormatter.MimeType)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        Registry.Register(typeof(T), mimeType, value => formatter((T)value));
    }

    /// <summary>Sets how values of type <typeparamref name="T"/> are written as <paramref name="mimeType"/>.</summary>
    public static void Register<T>(Action<T, TextWriter> formatter, string mimeType = PlainTextFormatter.MimeType)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        Register(typeof(T), (value, writer) => formatter((T)value, writer), mimeType);
    }

    /// <summary>Sets how values of a type, open generic types included, are written as <paramref name="mimeType"/>.</summary>
    public static void Register(Type type, Action<object, TextWriter> formatter, string mimeType = PlainTextFormatter.MimeType)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(formatter);
        Registry.Register(type, mimeType, value =>
        {
            using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            formatter(value, writer);
            return writer.ToString();
        });
    }

    /// <summary>Sets the mime types in which values of a type are shown; one display holds all of them.</summary>
    /// <exception cref="ArgumentException">No mime type is given.</exception>
    public static void SetPreferredMimeTypesFor(Type type, params string[] preferredMimeTypes)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (preferredMimeTypes is null || !preferredMimeTypes.Any(mimeType => !string.IsNullOrWhiteSpace(mimeType)))
            throw new ArgumentException("Name at least one mime type.", nameof(preferredMimeTypes));
        Registry.Prefer(type, preferredMimeTypes);
    }

    /// <summary>The mime types in which values of a type are shown.</summary>
    public static IReadOnlyCollection<string> GetPreferredMimeTypesFor(Type? type) => Registry.PreferredMimeTypes(type);

    /// <summary>Forgets what was registered.</summary>
    public static void ResetToDefault()
    {
        Registry.Clear();
        ListExpansionLimit = 20;
        RecursionLimit = 6;
        NullString = "<null>";
    }

    /// <summary>A value as text of one mime type.</summary>
    /// <exception cref="ArgumentException">Nothing is registered that writes this type as this mime type.</exception>
    public static string ToDisplayString(this object? obj, string mimeType = PlainTextFormatter.MimeType)
    {
        ArgumentNullException.ThrowIfNull(mimeType);
        if (obj is not null && Registered(obj, mimeType) is { } text)
            return text;
        return mimeType switch
        {
            HtmlFormatter.MimeType => HtmlView.Write(obj),
            PlainTextFormatter.MimeType => TextView.Write(obj),
            JsonFormatter.MimeType => JsonSerializer.Serialize(obj),
            _ when obj is string content => content,
            _ => throw new ArgumentException($"No formatter is registered for MIME type {mimeType} and {obj?.GetType().Name ?? "null"}."),
        };
    }

    /// <summary>A value as a registered formatter writes it; null where none is registered.</summary>
    internal static string? Registered(object value, string mimeType) => Registry.Find(value.GetType(), mimeType)?.Invoke(value);

    /// <summary>One output holding a value in the mime types asked for, or in those preferred for its type.</summary>
    internal static SortedDictionary<string, string> Bundle(object? value, IReadOnlyCollection<string> mimeTypes)
    {
        if (mimeTypes.Count == 0)
            mimeTypes = GetPreferredMimeTypesFor(value?.GetType());
        var bundle = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var mimeType in mimeTypes)
            bundle[mimeType] = value.ToDisplayString(mimeType);
        return bundle;
    }
}

/// <summary>Names the mime type of plain text.</summary>
public static class PlainTextFormatter
{
    /// <summary><c>text/plain</c></summary>
    public const string MimeType = "text/plain";
}

/// <summary>Names the mime type of HTML.</summary>
public static class HtmlFormatter
{
    /// <summary><c>text/html</c></summary>
    public const string MimeType = "text/html";
}

/// <summary>Names the mime type of JSON.</summary>
public static class JsonFormatter
{
    /// <summary><c>application/json</c></summary>
    public const string MimeType = "application/json";
}
