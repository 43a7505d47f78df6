using System.Collections;
using System.Globalization;
using Fgsm.Tensors.Files;

namespace Fgsm.Training;

/// <summary>What the engines do not have in the same shape: PyTorch's files, and an optimiser's state as what is in such a file.</summary>
internal static class PyTorchFile
{
    /// <summary>Writes a dictionary of tensors, numbers, texts and lists or dictionaries of these; the file appears whole or not at all.</summary>
    /// <exception cref="TensorFileException">It cannot be written.</exception>
    public static void Write(string file, IDictionary values)
    {
        try
        {
            WholeFile.Write(file, stream => PyTorchPickler.PickleStateDict(stream, values, leaveOpen: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException(file, $"cannot be written: {OneLine(e)}", e);
        }
    }

    /// <summary>The dictionary in a file; lists come as <c>List&lt;object?&gt;</c>, tuples as <c>object?[]</c>, whole numbers as long.</summary>
    /// <exception cref="TensorFileException">It cannot be read.</exception>
    public static OrderedDictionary<object, object?> Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return Sorted(PyTorchUnpickler.UnpickleStateDict(stream, leaveOpen: true));
        }
        catch (Exception e)
        {
            // What PyBridge throws for a damaged file is of no one kind.
            throw new TensorFileException(file, $"cannot be read: {OneLine(e)}", e);
        }
    }

    /// <summary>Its state in PyTorch's layout.</summary>
    public static OrderedDictionary<object, object?> State(optim.Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        Helper(optimizer).save_py(stream, leaveOpen: true);
        stream.Position = 0;
        return Sorted(PyTorchUnpickler.UnpickleStateDict(stream, leaveOpen: true));
    }

    /// <summary>Puts the optimiser in such a state.</summary>
    /// <exception cref="ArgumentException">It is no state of this optimiser.</exception>
    public static void Load(optim.Optimizer optimizer, OrderedDictionary<object, object?> state)
    {
        using var stream = new MemoryStream();
        PyTorchPickler.PickleStateDict(stream, state, leaveOpen: true);
        stream.Position = 0;
        try
        {
            Helper(optimizer).load_py(stream, leaveOpen: true);
        }
        catch (Exception e) when (e is not ArgumentException)
        {
            throw new ArgumentException($"{optimizer.GetType().Name}: {OneLine(e)}", e);
        }
        // The optimiser's from now on; load_py leaves them to the scope, which would dispose them.
        foreach (var kept in Helper(optimizer).state_dict().State)
            foreach (var field in kept.GetType().GetFields())
                (field.GetValue(kept) as Tensor)?.DetachFromDisposeScope();
    }

    private static OptimizerHelper Helper(optim.Optimizer optimizer) => optimizer as OptimizerHelper
        ?? throw new ArgumentException($"{optimizer.GetType().Name} has no state that can be kept");

    /// <summary>A Hashtable's order changes from run to run.</summary>
    private static OrderedDictionary<object, object?> Sorted(IDictionary values) => new(values.Cast<DictionaryEntry>()
        .OrderBy(e => Convert.ToString(e.Key, CultureInfo.InvariantCulture), StringComparer.Ordinal)
        .Select(e => KeyValuePair.Create(Plain(e.Key)!, Plain(e.Value))));

    private static object? Plain(object? value) => value switch
    {
        IDictionary dictionary => Sorted(dictionary),
        ArrayList list => list.Cast<object?>().Select(Plain).ToList(),
        object?[] tuple => Array.ConvertAll(tuple, Plain),
        int whole => (long)whole,
        _ => value,
    };

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");
}

/// <summary>A file of tensors cannot be read or written. The message is one line: which file, and why.</summary>
public sealed class TensorFileException(string file, string reason, Exception? inner = null) : Exception($"{file}: {reason}", inner);
