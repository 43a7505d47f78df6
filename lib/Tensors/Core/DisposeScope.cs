namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>Opens a scope: every tensor made on this thread until it is disposed is disposed with it, unless moved out.</summary>
    public static DisposeScope NewDisposeScope() => new();
}

/// <summary>Disposes the tensors made while it was the innermost scope of its thread.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? current;

    private readonly DisposeScope? outer;
    private readonly HashSet<torch.Tensor> tensors = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    internal static DisposeScope? Current => current;

    /// <summary>The number of tensors that this scope would dispose now.</summary>
    public int DisposablesCount => tensors.Count;

    /// <summary>Takes a tensor into this scope, out of the one that it was in.</summary>
    public torch.Tensor Attach(torch.Tensor tensor)
    {
        tensor.scope?.tensors.Remove(tensor);
        tensor.scope = this;
        tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Takes a tensor out of this scope; whoever holds it disposes it.</summary>
    public torch.Tensor Detach(torch.Tensor tensor)
    {
        if (tensors.Remove(tensor))
            tensor.scope = null;
        return tensor;
    }

    /// <summary>Moves a tensor to the enclosing scope, or out of all scopes.</summary>
    public torch.Tensor MoveToOuter(torch.Tensor tensor)
    {
        Detach(tensor);
        return outer is null ? tensor : outer.Attach(tensor);
    }

    public void Dispose()
    {
        foreach (var tensor in tensors)
        {
            tensor.scope = null;
            tensor.Dispose();
        }
        tensors.Clear();
        if (current == this)
            current = outer;
    }
}
