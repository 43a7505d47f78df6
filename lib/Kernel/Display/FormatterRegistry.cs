using Microsoft.DotNet.Interactive;

namespace Fgsm.Kernel;

/// <summary>Formatters and preferred mime types by type: the most specific type wins, then the latest registration.</summary>
/// <param name="fallback">Where to look for what is not registered here.</param>
internal sealed class FormatterRegistry(FormatterRegistry? fallback)
{
    private readonly Lock _lock = new();
    private readonly List<(Type Type, string MimeType, Func<object, string> Write)> _formatters = [];
    private readonly List<(Type Type, IReadOnlyCollection<string> MimeTypes)> _preferences = [];

    public void Register(Type type, string mimeType, Func<object, string> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(mimeType);
        lock (_lock)
            _formatters.Add((type, mimeType, write));
    }

    public void Prefer(Type type, IReadOnlyCollection<string> mimeTypes)
    {
        lock (_lock)
            _preferences.Add((type, mimeTypes));
    }

    public void Clear()
    {
        lock (_lock)
        {
            _formatters.Clear();
            _preferences.Clear();
        }
    }

    public Func<object, string>? Find(Type type, string mimeType)
    {
        lock (_lock)
        {
            var best = MostSpecific(_formatters.Where(f => f.MimeType == mimeType && Covers(f.Type, type)), f => f.Type);
            return best.Write ?? fallback?.Find(type, mimeType);
        }
    }

    public IReadOnlyCollection<string> PreferredMimeTypes(Type? type)
    {
        if (type is null)
            return ["text/plain"];
        lock (_lock)
        {
            var best = MostSpecific(_preferences.Where(p => Covers(p.Type, type)), p => p.Type);
            if (best.MimeTypes is not null)
                return best.MimeTypes;
        }
        if (fallback is not null)
            return fallback.PreferredMimeTypes(type);
        if (type == typeof(HtmlString))
            return ["text/html"];
        // A type with an HTML formatter of its own still gets its text, for readers that show no HTML.
        return ValueShape.IsPlain(type) ? ["text/plain"] : ["text/html", "text/plain"];
    }

    private static T? MostSpecific<T>(IEnumerable<T> candidates, Func<T, Type> type)
    {
        var found = false;
        T? best = default;
        foreach (var candidate in candidates.Reverse())
        {
            if (!found || (type(candidate) != type(best!) && Covers(type(best!), type(candidate))))
                best = candidate;
            found = true;
        }
        return best;
    }

    private static bool Covers(Type registered, Type type)
    {
        if (!registered.IsGenericTypeDefinition)
            return registered.IsAssignableFrom(type);
        var ancestors = type.GetInterfaces().AsEnumerable();
        for (var t = type; t is not null; t = t.BaseType)
            ancestors = ancestors.Append(t);
        return ancestors.Any(t => t.IsGenericType && t.GetGenericTypeDefinition() == registered);
    }
}
