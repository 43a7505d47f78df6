using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.Formatting.Csv;

namespace Fgsm.Kernel.Display;

/// <summary>What cells display through Microsoft.DotNet.Interactive.Formatting becomes outputs of their session.</summary>
internal static class Displays
{
    // How the package writes as HTML what is only text.
    private const string TextAsHtml = "<div class=\"dni-plaintext\"><pre>";

    // The package publishes one DisplayedValue and returns another, whose Update bears another id. What the two have in common, also after an update, are
    // the very strings that name the mime types; so the id is kept by the identity of such a string.
    private static readonly ConditionalWeakTable<string, string> Ids = [];

    static Displays()
    {
        // .NET Interactive's own listener goes: it keeps all that a cell shows until the cell ends, and loses what comes later.
        RuntimeHelpers.RunClassConstructor(typeof(Microsoft.DotNet.Interactive.Kernel).TypeHandle);
        typeof(Formatter).GetField("OnFormatterEvent", BindingFlags.NonPublic | BindingFlags.Static)!.SetValue(null, null);
        Formatter.SubscribeToDisplayedValues(displayed =>
        {
            if (CSharpSession.Current is null)
                Formatter.WriteToConsole(displayed);
            else if (displayed.IsUpdated)
                Update(displayed);
            else
                Show(displayed.Value, displayed.FormattedValues, displayed.DisplayId);
        });
    }

    /// <summary>Forgets what earlier sessions registered.</summary>
    public static void Reset()
    {
        Formatter.ResetToDefault();
        WellKnownTypes.Register();
    }

    /// <summary>A value in the mime types preferred for its type.</summary>
    public static IReadOnlyDictionary<string, string> Format(object? value) => Data(value, FormattedValue.CreateManyFromObject(value));

    /// <summary>Shows a value in the session of the calling cell.</summary>
    public static void Show(object? value, IReadOnlyCollection<FormattedValue> formatted, string id)
    {
        if (formatted.FirstOrDefault() is not { } first)
            return;
        ref var mimeType = ref MimeType(first);
        mimeType = new string(mimeType.AsSpan());
        Ids.Add(mimeType, id);
        CSharpSession.Current?.Show(new DisplayOutput(Data(value, formatted), id));
    }

    private static void Update(DisplayedValue displayed)
    {
        var id = displayed.FormattedValues.Count > 0 && Ids.TryGetValue(displayed.FormattedValues[0].MimeType, out var published) ? published : displayed.DisplayId;
        CSharpSession.Current?.Show(new DisplayUpdate(Data(displayed.Value, displayed.FormattedValues), id));
    }

    /// <summary>HTML has its text beside it, for readers that show none; what is only text is no HTML.</summary>
    private static SortedDictionary<string, string> Data(object? value, IEnumerable<FormattedValue> formatted)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in formatted)
            data[part.MimeType] = part.Value;
        if (data.TryGetValue(CsvFormatter.MimeType, out var lines))
            data.TryAdd(PlainTextFormatter.MimeType, lines);
        if (data.Count != 1 || !data.TryGetValue(HtmlFormatter.MimeType, out var html))
            return data;
        var isText = html.StartsWith(TextAsHtml, StringComparison.Ordinal);
        if (isText)
            data.Clear();
        if (isText || value is not (null or string or IHtmlContent))
            data[PlainTextFormatter.MimeType] = value.ToDisplayString();
        return data;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<MimeType>k__BackingField")]
    private static extern ref string MimeType(FormattedValue value);
}
