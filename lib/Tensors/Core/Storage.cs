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

    /// <summary>What kernels have made of it; null where none has.</summary>
    public KeptForms? Kept;

    public bool IsShared => Volatile.Read(ref references) > 1;

    public void Retain() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) != 0)
            return;
        Kept?.Clear();
        Recycle();
    }

    protected abstract void Recycle();

    /// <summary>Copies elements to another storage of the same type.</summary>
    public abstract void Copy(int from, Storage target, int to, int count);

    /// <summary>Copies elements from anywhere to another storage of the same type.</summary>
    public abstract void Pick(int from, ReadOnlySpan<long> places, Storage target, int to);

    /// <summary>Fills elements from <paramref name="to"/> on with those of another storage that are some strides apart.</summary>
    public abstract void Gather(Storage source, int from, ReadOnlySpan<int> strides, int to, ReadOnlySpan<long> shape);
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

    public override void Copy(int from, Storage target, int to, int count) =>
        Span(from, count).CopyTo(((Storage<T>)target).Span(to, count));

    public override void Pick(int from, ReadOnlySpan<long> places, Storage target, int to)
    {
        var y = ((Storage<T>)target).Span(to, places.Length);
        for (var i = 0; i < y.Length; i++)
            y[i] = Array[Start + from + (int)places[i]];
    }

    public override void Gather(Storage source, int from, ReadOnlySpan<int> strides, int to, ReadOnlySpan<long> shape)
    {
        var (x, at) = (((Storage<T>)source).Array, ((Storage<T>)source).Start + from);
        var index = new long[shape.Length];
        foreach (ref var y in Span(to, Shape.Product(shape)))
        {
            y = x[at];
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                at += strides[d];
                if (++index[d] < shape[d])
                    break;
                index[d] = 0;
                at -= strides[d] * (int)shape[d];
            }
        }
    }

    public Span<T> Span(int start, int count) => Array.AsSpan(Start + start, count);
}
