namespace Fgsm.Tensors;

/// <summary>Optimisers' states in files, as TorchSharp.PyBridge offers it for TorchSharp.</summary>
public static class PyBridgeOptimizerExtensions
{
    /// <summary>Saves the state and the options to a file that PyTorch's <c>torch.load</c> and <c>load_state_dict</c> take.</summary>
    /// <exception cref="TensorFileException">It cannot be written.</exception>
    public static void save_py(this torch.optim.Optimizer optim, string location)
    {
        using var scope = torch.NewDisposeScope();
        PyTorchPickler.PickleStateDict(location, optim.state_dict());
    }

    /// <summary>
    /// Loads what <see cref="save_py"/> or PyTorch saved of an optimiser of the same kind and parameters, also as a part of a checkpoint.
    /// </summary>
    /// <exception cref="TensorFileException">The file cannot be read, or does not fit this optimiser, which is then as it was.</exception>
    public static void load_py(this torch.optim.Optimizer optim, string location)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            optim.load_state_dict(Part.Of(location, PyTorchUnpickler.UnpickleStateDict(location), "an optimiser's state", IsState,
                "optimizer_state_dict", "optimizer"));
        }
        catch (ArgumentException e)
        {
            throw new TensorFileException(location, e.Message, e);
        }

        static bool IsState(OrderedDictionary<object, object?> saved) => saved.ContainsKey("param_groups");
    }
}
