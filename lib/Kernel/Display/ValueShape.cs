using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.DotNet.Interactive.Formatting;

namespace Fgsm.Kernel;

/// <summary>What there is to show of a value: text, entries of a dictionary, items of a sequence, or members of an object.</summary>
internal abstract record ValueShape
{
    public sealed record Plain(string Content) : ValueShape;

    public sealed record Entries(IReadOnlyList<(object? Key, object? Value)> Pairs, string? Rest) : ValueShape;

    public sealed record Items(IReadOnlyList<object?> Values, string? Rest) : ValueShape;

    public sealed record Members(string Name, IReadOnlyList<(string Name, object? Value)> Values) : ValueShape;

    public static ValueShape Of(object? value)
    {
        switch (value)
        {
            case null:
                return new Plain(Formatter.NullString);
            case Exception exception:
                return new Members(exception.GetType().FullName!, [.. ExceptionMembers(exception)]);
            case var _ when IsPlain(value.GetType()):
                return new Plain(PlainText(value));
            case Array { Rank: 2 } matrix:
                return new Items([.. Rows(matrix)], matrix.GetLength(0) > Formatter.ListExpansionLimit ? More(matrix.GetLength(0)) : null);
            case IEnumerable sequence:
                var (items, more) = Take(sequence, (sequence as ICollection)?.Count);
                return PairsOf(items, more) ?? (ValueShape)new Items(items, more);
            default:
                return new Members(TypeName(value.GetType()), [.. MembersOf(value)]);
        }
    }

    /// <summary>Whether a value of this type is shown as its own text: numbers, strings, dates, and classes that say how they read.</summary>
    public static bool IsPlain(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || typeof(MemberInfo).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type))
            return true;
        if (typeof(IEnumerable).IsAssignableFrom(type) || typeof(Exception).IsAssignableFrom(type))
            return false;
        if (typeof(Task).IsAssignableFrom(type) || typeof(ITuple).IsAssignableFrom(type))
            return true;
        var writesItself = type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring
            && declaring != typeof(object) && declaring != typeof(ValueType);
        return writesItself && !IsRecord(type) && !IsAnonymous(type);
    }

    public static string TypeName(Type type)
    {
        if (IsAnonymous(type))
            return "";
        if (!type.IsGenericType)
            return type.Name;
        var name = type.Name.Split('`')[0];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
    }

    private static string PlainText(object value) => value switch
    {
        string text => text,
        Task task => $"{TypeName(task.GetType())} ({task.Status})",
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => TextView.Write(tuple[i])))})",
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        Type type => type.ToString(),
        _ => value.ToString() ?? "",
    };

    private static IEnumerable<(string, object?)> ExceptionMembers(Exception exception)
    {
        yield return ("Message", exception.Message);
        if (exception.InnerException is { } inner)
            yield return ("InnerException", inner);
        if (CellErrors.Frames(exception) is { Count: > 0 } frames)
            yield return ("StackTrace", string.Join("\n", frames));
    }

    private static IEnumerable<(string, object?)> MembersOf(object value)
    {
        var type = value.GetType();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRefLike);
        foreach (var property in properties)
            yield return (property.Name, Get(() => property.GetValue(value)));
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            yield return (field.Name, Get(() => field.GetValue(value)));
    }

    private static object? Get(Func<object?> get)
    {
        try
        {
            return get();
        }
        catch (TargetInvocationException e)
        {
            return $"{e.InnerException!.GetType().Name}: {e.InnerException.Message}";
        }
    }

    private static (List<object?> Items, string? More) Take(IEnumerable sequence, int? count)
    {
        // One more than is shown tells whether there are more, also of a sequence without an end.
        var items = sequence.Cast<object?>().Take(Formatter.ListExpansionLimit + 1).ToList();
        if (items.Count <= Formatter.ListExpansionLimit)
            return (items, null);
        items.RemoveAt(items.Count - 1);
        return (items, More(count));
    }

    private static string More(int? count) =>
        count is { } n ? $"… ({n - Formatter.ListExpansionLimit} more)" : "… (more)";

    private static IEnumerable<object?> Rows(Array matrix) =>
        Enumerable.Range(0, Math.Min(matrix.GetLength(0), Formatter.ListExpansionLimit))
            .Select(row => (object?)Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix.GetValue(row, column)).ToArray());

    /// <summary>A dictionary is a sequence of pairs.</summary>
    private static Entries? PairsOf(List<object?> items, string? more)
    {
        var type = items.FirstOrDefault()?.GetType();
        if (type != typeof(DictionaryEntry) && !(type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)))
            return null;
        return new Entries([.. items.Select(item => (type.GetProperty("Key")!.GetValue(item), type.GetProperty("Value")!.GetValue(item)))], more);
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance, [typeof(System.Text.StringBuilder)]) is not null;

    private static bool IsAnonymous(Type type) =>
        type.Name.StartsWith("<>", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute), false);
}
