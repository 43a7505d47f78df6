using static Fgsm.Tensors.torch;
using Module = Fgsm.Tensors.torch.nn.Module;

namespace Fgsm.Tensors;

/// <summary>Weights in files, as TorchSharp.PyBridge offers it for TorchSharp.</summary>
public static class PyBridgeModuleExtensions
{
    /// <summary>
    /// Saves the parameters and buffers to a file that PyTorch's <c>torch.load</c> reads: a state dictionary, usually named .pth.
    /// </summary>
    /// <param name="location">The file; it appears whole or not at all.</param>
    /// <param name="skip">Names to leave out.</param>
    /// <exception cref="TensorFileException">It cannot be written.</exception>
    public static Module save_py(this Module module, string location, IList<string>? skip = null)
    {
        PyTorchPickler.PickleStateDict(location, StateToSave(module, skip));
        return module;
    }

    /// <summary>Loads parameters and buffers from a state dictionary that <c>torch.save</c> or <see cref="save_py"/> wrote.</summary>
    /// <remarks>
    /// Of a checkpoint, a dictionary that holds the state dictionary among other things, it loads that part. Names that begin with
    /// <c>module.</c>, as DataParallel saves them, are loaded without it.
    /// </remarks>
    /// <param name="location">In the ZIP format of PyTorch 1.6 and later, or in the one before it.</param>
    /// <param name="strict">Throw when the file lacks a name or has one that this module does not have.</param>
    /// <param name="skip">Names to leave alone, wherever they are.</param>
    /// <param name="loadedParameters">Gets every name in the file, and whether it was loaded.</param>
    /// <exception cref="TensorFileException">The file cannot be read, or does not fit this module, which is then as it was.</exception>
    public static Module load_py(this Module module, string location, bool strict = true, IList<string>? skip = null,
        Dictionary<string, bool>? loadedParameters = null)
    {
        using var scope = NewDisposeScope();
        var saved = Part.Of(location, PyTorchUnpickler.UnpickleStateDict(location), "a module's state dictionary", IsState, "state_dict",
            "model_state_dict", "model");
        return Load(module, location, saved.ToDictionary(s => (string)s.Key, s => (Tensor)s.Value!), strict, skip, loadedParameters);

        static bool IsState(OrderedDictionary<object, object?> saved) => saved.All(s => s is { Key: string, Value: Tensor });
    }

    /// <summary>Saves the parameters and buffers in the safetensors format.</summary>
    /// <inheritdoc cref="save_py"/>
    public static Module save_safetensors(this Module module, string location, IList<string>? skip = null)
    {
        var state = StateToSave(module, skip);
        TensorFile.Write(location, stream => Safetensors.Write(stream, state));
        return module;
    }

    /// <summary>Loads parameters and buffers from a file in the safetensors format.</summary>
    /// <inheritdoc cref="load_py"/>
    /// <param name="location">The file.</param>
    public static Module load_safetensors(this Module module, string location, bool strict = true, IList<string>? skip = null,
        Dictionary<string, bool>? loadedParameters = null)
    {
        using var scope = NewDisposeScope();
        return Load(module, location, TensorFile.Read(location, Safetensors.Read), strict, skip, loadedParameters);
    }

    private static Dictionary<string, Tensor> StateToSave(Module module, IList<string>? skip) =>
        module.state_dict().Where(s => skip?.Contains(s.Key) != true).ToDictionary();

    /// <summary>What DataParallel puts before each name.</summary>
    private const string Wrapper = "module.";

    private static bool IsWrapped(string name) => name.StartsWith(Wrapper, StringComparison.Ordinal);

    private static Module Load(Module module, string location, Dictionary<string, Tensor> saved, bool strict, IList<string>? skip,
        Dictionary<string, bool>? loadedParameters)
    {
        var own = module.state_dict();
        if (saved.Keys.All(IsWrapped) && !own.Keys.Any(IsWrapped))
            saved = saved.ToDictionary(s => s.Key[Wrapper.Length..], s => s.Value);
        // A name to leave alone is as if it were saved with the value that it has.
        var given = new Dictionary<string, Tensor>(saved);
        foreach (var name in skip ?? [])
        {
            given.Remove(name);
            if (own.TryGetValue(name, out var kept))
                given.Add(name, kept);
        }
        try
        {
            module.load_state_dict(given, strict);
        }
        catch (ArgumentException e)
        {
            throw new TensorFileException(location, e.Message, e);
        }
        foreach (var name in saved.Keys)
            loadedParameters?[name] = own.ContainsKey(name) && skip?.Contains(name) != true;
        return module;
    }
}
