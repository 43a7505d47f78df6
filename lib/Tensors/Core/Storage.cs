namespace Fgsm.Tensors;

/// <summary>
/// The memory behind one or more tensors. Every tensor that shares it holds one reference; when the last is
/// disposed the memory goes back to the pool. Tensors that are dropped instead leave it to the garbage collector.
/// </summary>
internal abstract class Storage
{
    private int references = 1;

    /// <summary>Counts in-place changes, so that a gradient computed from overwritten values is noticed.</summary>
    public int Version;

    /// <summary>
    /// Whether the elements of <c>[N, C, H, W]</c> lie as <c>[N, H, W, C]</c>: see <see cref="torch.Tensor.IsChannelsLast"/>.
    /// </summary>
    public bool ChannelsLast;

    public bool IsShared => Volatile.Read(ref references) > 1;

    public void Retain() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
            Recycle();
    }

    protected abstract void Recycle();
}

internal sealed class Storage<T> : Storage where T : unmanaged
{
    private T[]? former;

    public T[] Array { get; private set; }
    public int Start { get; private set; }

    public Storage(int length) => (Array, Start) = BufferPool<T>.Rent(length);

    /// <summary>Puts other memory in place of this. What was here stays as long as the storage: somebody may be reading it.</summary>
    public void Exchange((T[] Array, int Start) memory)
    {
        former = Array;
        (Array, Start) = memory;
    }

    protected override void Recycle()
    {
        BufferPool<T>.Return(Array);
        if (former is not null)
            BufferPool<T>.Return(former);
    }
}
