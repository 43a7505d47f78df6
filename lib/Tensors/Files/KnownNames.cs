namespace Fgsm.Tensors.Files;

/// <summary>
/// The names that a state dictionary needs from Python, and what they mean here. Nothing else is ever looked up: a file is
/// data, never code.
/// </summary>
internal static class KnownNames
{
    /// <summary>A name whose call is understood.</summary>
    internal sealed record Function(string Name);

    private static readonly string[] Functions =
    [
        "collections.OrderedDict", "torch.Size", "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter",
        // How protocols before 4 write bytes and sets.
        "_codecs.encode", "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset",
    ];

    private static readonly Dictionary<string, object> Known = Functions.Select(f => KeyValuePair.Create(f, (object)new Function(f)))
        .Concat(ElementType.All.SelectMany(
            t => new[] { "torch", "torch.cuda" }.Select(m => KeyValuePair.Create($"{m}.{t.PyTorch}Storage", (object)t))))
        .ToDictionary();

    /// <exception cref="InvalidDataException">Any other name.</exception>
    public static object Find(string name) => Known.TryGetValue(name, out var meaning) ? meaning : throw new InvalidDataException(
        $"it asks for {Text.Quoted(name)}, which is no part of a state dictionary; "
        + "nothing of it was run (save model.state_dict(), not the model)");

    public static object? Call(Function function, object?[] arguments, SavedStorages storages) => (function.Name, arguments) switch
    {
        ("collections.OrderedDict", []) => PickleReader.NewDictionary(),
        ("torch.Size", [object?[] sizes]) => sizes,
        ("torch._utils._rebuild_tensor", [SavedStorage storage, long offset, object?[] sizes, object?[] strides]) =>
            storages.Tensor(storage, offset, Longs(sizes), Longs(strides)),
        ("torch._utils._rebuild_tensor_v2", [SavedStorage storage, long offset, object?[] sizes, object?[] strides, bool, ..]) =>
            storages.Tensor(storage, offset, Longs(sizes), Longs(strides)),
        ("torch._utils._rebuild_parameter", [torch.Tensor tensor, ..]) => tensor,
        ("_codecs.encode", [string text, "latin1"]) => System.Text.Encoding.Latin1.GetBytes(text),
        ("builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset", [List<object?> items]) => items,
        _ => throw new InvalidDataException($"{function.Name} is called in a way that PyTorch does not use"),
    };

    private static long[] Longs(object?[] values) => Array.ConvertAll(
        values, v => v is long number ? number : throw new InvalidDataException("a tensor's layout has something that is no whole number"));
}
