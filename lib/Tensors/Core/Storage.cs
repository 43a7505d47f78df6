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
    public readonly T[] Array;
    public readonly int Start;

    public Storage(int length) => (Array, Start) = BufferPool<T>.Rent(length);

    protected override void Recycle() => BufferPool<T>.Return(Array);
}
