using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;
using Module = Fgsm.Tensors.torch.nn.Module;

namespace Fgsm.Tensors;

/// <summary>Weights in files, as TorchSharp.PyBridge offers it for TorchSharp.</summary>
public static class PyBridgeModuleExtensions
{
    /// <summary>Saves the parameters to a file that PyTorch's <c>torch.load</c> reads: a state dictionary, usually named .pth.</summary>
    /// <param name="location">The file; it appears whole or not at all.</param>
    /// <param name="skip">Names to leave out.</param>
    /// <exception cref="TensorFileException">It cannot be written.</exception>
    public static Module save_py(this Module module, string location, IList<string>? skip = null)
    {
        PyTorchPickler.PickleStateDict(location, StateToSave(module, skip));
        return module;
    }

    /// <summary>Loads parameters from a state dictionary that <c>torch.save</c> or <see cref="save_py"/> wrote.</summary>
    /// <param name="location">In the ZIP format of PyTorch 1.6 and later, or in the one before it.</param>
    /// <param name="strict">Throw when the file lacks a name or has one that this module does not have.</param>
    /// <param name="skip">Names to leave alone, wherever they are.</param>
    /// <param name="loadedParameters">Gets every name in the file, and whether it was loaded.</param>
    /// <exception cref="TensorFileException">The file cannot be read, or does not fit this module, which is then as it was.</exception>
    public static Module load_py(this Module module, string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
    {
        using var scope = NewDisposeScope();
        var saved = PyTorchUnpickler.UnpickleStateDict(location);
        var state = new Dictionary<string, Tensor>();
        foreach (var (key, value) in saved)
        {
            if (key is not string name || value is not Tensor tensor)
                throw new TensorFileException(location, $"it is no module's state dictionary: {Text.Quoted(key.ToString()!)} is no tensor");
            state.Add(name, tensor);
        }
        return Load(module, location, state, strict, skip, loadedParameters);
    }

    /// <summary>Saves the parameters in the safetensors format.</summary>
    /// <inheritdoc cref="save_py"/>
    public static Module save_safetensors(this Module module, string location, IList<string>? skip = null)
    {
        var state = StateToSave(module, skip);
        TensorFile.Write(location, stream => Safetensors.Write(stream, state));
        return module;
    }

    /// <summary>Loads parameters from a file in the safetensors format.</summary>
    /// <inheritdoc cref="load_py"/>
    /// <param name="location">The file.</param>
    public static Module load_safetensors(this Module module, string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
    {
        using var scope = NewDisposeScope();
        return Load(module, location, TensorFile.Read(location, Safetensors.Read), strict, skip, loadedParameters);
    }

    private static Dictionary<string, Tensor> StateToSave(Module module, IList<string>? skip) =>
        module.state_dict().Where(s => skip?.Contains(s.Key) != true).ToDictionary();

    private static Module Load(Module module, string location, Dictionary<string, Tensor> saved, bool strict, IList<string>? skip, Dictionary<string, bool>? loadedParameters)
    {
        var own = module.state_dict();
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
