namespace Fgsm.Tensors.Modules;

/// <summary>A tensor that a module learns: a leaf that requires a gradient and belongs to no dispose scope.</summary>
public sealed class Parameter : torch.Tensor
{
    /// <summary>A parameter on the memory of <paramref name="data"/>.</summary>
    public Parameter(torch.Tensor data, bool requires_grad = true) : base(data, 0, data.shape)
    {
        if (requires_grad)
            this.requires_grad = true;
    }

    internal void zero_grad()
    {
        grad?.Dispose();
        grad = null;
    }
}
