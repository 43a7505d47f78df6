using System.Collections;

namespace Fgsm.Training;

/// <summary>What the engines do not have in the same shape: PyTorch's files, and an optimiser's state as what is in such a file.</summary>
internal static class PyTorchFile
{
    /// <summary>Writes a dictionary of tensors, numbers, texts and lists or dictionaries of these; the file appears whole or not at all.</summary>
    /// <exception cref="TensorFileException">It cannot be written.</exception>
    public static void Write(string file, IDictionary values) => PyTorchPickler.PickleStateDict(file, values);

    /// <summary>The dictionary in a file; lists come as <c>List&lt;object?&gt;</c>, tuples as <c>object?[]</c>, whole numbers as long.</summary>
    /// <exception cref="TensorFileException">It cannot be read.</exception>
    public static OrderedDictionary<object, object?> Read(string file) => PyTorchUnpickler.UnpickleStateDict(file);

    /// <summary>Its state in PyTorch's layout.</summary>
    public static OrderedDictionary<object, object?> State(optim.Optimizer optimizer) => optimizer.state_dict();

    /// <summary>Puts the optimiser in such a state.</summary>
    /// <exception cref="ArgumentException">It is no state of this optimiser.</exception>
    public static void Load(optim.Optimizer optimizer, OrderedDictionary<object, object?> state) => optimizer.load_state_dict(state);
}
