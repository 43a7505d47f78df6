namespace Fgsm.Tensors;

/// <summary>
/// Pinned, 64-byte aligned memory that is used again and again: a training step asks for the same sizes every time.
/// Arrays are ordinary managed objects, so memory that is dropped without <c>Dispose</c> is simply collected.
/// </summary>
internal static class BufferPool<T> where T : unmanaged
{
    private const int Alignment = 64;
    private const long KeptBytes = 512L << 20;
    private const long NewBytes = 256L << 20;

    private static readonly Dictionary<int, Stack<T[]>> Free = [];
    private static long freeBytes;
    private static long newBytes;

    static BufferPool() => _ = new FullCollection();

    /// <summary>Memory for <paramref name="length"/> elements, content undefined, and the index where it starts.</summary>
    public static (T[] Array, int Start) Rent(int length)
    {
        var capacity = Capacity(length);
        T[]? array = null;
        lock (Free)
        {
            if (Free.TryGetValue(capacity, out var stack) && stack.TryPop(out array))
            {
                freeBytes -= Bytes(array);
            }
            else if (freeBytes > KeptBytes)
            {
                // Work that goes on finds all that it has returned; only other work, with other sizes, gets here.
                GiveUp();
                GC.Collect();
            }
        }
        return array is null ? Allocate(capacity) : (array, Start(array));
    }

    private static unsafe (T[] Array, int Start) Allocate(int capacity)
    {
        // Tensors that are dropped without Dispose, as in a notebook's cells, wait for a collection, and the collector knows nothing of
        // the machine's other needs. Work that disposes of its tensors allocates nothing and never gets here.
        if (Interlocked.Add(ref newBytes, (long)capacity * Unsafe.SizeOf<T>()) > NewBytes)
        {
            Interlocked.Exchange(ref newBytes, 0);
            GC.Collect();
        }
        var array = GC.AllocateUninitializedArray<T>(capacity + Alignment / Unsafe.SizeOf<T>(), pinned: true);
        if (Bytes(array) >= HugePages.Worthwhile)
            HugePages.Advise((nint)Unsafe.AsPointer(ref array[0]), (nint)Bytes(array));
        return (array, Start(array));
    }

    public static void Return(T[] array)
    {
        lock (Free)
        {
            var capacity = array.Length - Alignment / Unsafe.SizeOf<T>();
            if (!Free.TryGetValue(capacity, out var stack))
                Free[capacity] = stack = new Stack<T[]>();
            stack.Push(array);
            freeBytes += Bytes(array);
        }
    }

    private static void GiveUp()
    {
        Free.Clear();
        freeBytes = 0;
    }

    /// <summary>Nobody holds it, so the collector finalizes it, once it is old at every full collection: what lies free then is free for the next one.</summary>
    private sealed class FullCollection
    {
        ~FullCollection()
        {
            lock (Free)
                GiveUp();
            GC.ReRegisterForFinalize(this);
        }
    }

    private static long Bytes(T[] array) => (long)array.Length * Unsafe.SizeOf<T>();

    private static unsafe int Start(T[] array)
    {
        var address = (nint)Unsafe.AsPointer(ref array[0]);
        return (int)((-address & (Alignment - 1)) / Unsafe.SizeOf<T>());
    }

    // Four sizes to each power of two: at most a quarter is unused, and nearby sizes share buffers.
    private static int Capacity(int length)
    {
        if (length <= 64)
            return 64;
        var step = 1 << (BitOperations.Log2((uint)(length - 1)) - 2);
        return checked((length + step - 1) & -step);
    }
}
