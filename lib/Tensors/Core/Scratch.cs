namespace Fgsm.Tensors;

/// <summary>Working memory of a kernel, from the pool, for the length of a <c>using</c> block.</summary>
internal readonly struct Scratch<T> : IDisposable where T : unmanaged
{
    private readonly T[] array;
    private readonly int start;

    public Scratch(int length) => (array, start) = BufferPool<T>.Rent(length);

    public unsafe T* Pointer => (T*)Unsafe.AsPointer(ref array[start]);

    public void Dispose() => BufferPool<T>.Return(array);
}
