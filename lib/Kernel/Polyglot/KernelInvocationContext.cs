using Fgsm.Kernel;

namespace Microsoft.DotNet.Interactive;

/// <summary>The cell that runs.</summary>
public sealed class KernelInvocationContext
{
    private KernelInvocationContext()
    {
    }

    /// <summary>That of the calling cell.</summary>
    public static KernelInvocationContext Current { get; } = new();

    /// <summary>Cancelled when the cell is interrupted: for library calls that take a token.</summary>
    public CancellationToken CancellationToken => CellInterrupt.Token;
}
