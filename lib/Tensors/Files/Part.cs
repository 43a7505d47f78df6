namespace Fgsm.Tensors.Files;

/// <summary>Finds the wanted dictionary in a file: the whole, or the one part of a checkpoint that is such a dictionary.</summary>
internal static class Part
{
    /// <param name="what">What is looked for, for the message.</param>
    /// <param name="usual">The names that decide among several such parts, in this order.</param>
    /// <exception cref="TensorFileException">There is none, or it is not clear which.</exception>
    public static OrderedDictionary<object, object?> Of(string file, OrderedDictionary<object, object?> saved, string what,
        Func<OrderedDictionary<object, object?>, bool> isIt, params string[] usual)
    {
        if (isIt(saved))
            return saved;
        var parts = saved.Where(s => s.Value is OrderedDictionary<object, object?> { Count: > 0 } part && isIt(part)).ToList();
        var found = parts.Count == 1 ? parts[0]
            : parts.OrderBy(p => Array.IndexOf(usual, p.Key)).FirstOrDefault(p => usual.Contains(p.Key));
        return found.Value as OrderedDictionary<object, object?> ?? throw new TensorFileException(file, parts.Count == 0
            ? $"it is not {what}, nor a checkpoint with one: it has {List(saved.Keys)}"
            : $"it has several parts that may be {what}: {List(parts.Select(p => p.Key))}; save the one that you mean");
    }

    private static string List(IEnumerable<object> keys) => string.Join(", ", keys.Take(10).Select(k => Text.Quoted(k.ToString()!)));
}
