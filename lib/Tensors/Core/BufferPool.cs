namespace Fgsm.Tensors;

/// <summary>
/// Pinned, 64-byte aligned memory that is used again and again: a training step asks for the same sizes every time.
/// Arrays are ordinary managed objects, so memory that is dropped without <c>Dispose</c> is simply collected.
/// </summary>
internal static class BufferPool<T> where T : unmanaged
{
    private const int Alignment = 64;
    private const long KeptBytes = 128L << 20;
    private const long NewBytes = 128L << 20;

    private static readonly Dictionary<int, Shelf> Free = [];
    private static long freeBytes;
    private static long missedBytes;
    private static long newBytes;

    static BufferPool() => _ = new FullCollection();

    /// <summary>Memory for <paramref name="length"/> elements, content undefined, and the index where it starts.</summary>
    public static (T[] Array, int Start) Rent(int length)
    {
        var capacity = Capacity(length);
        T[]? array;
        lock (Free)
        {
            var bytes = (long)capacity * Unsafe.SizeOf<T>();
            array = Free.GetValueOrDefault(capacity)?.Take();
            if (array is not null)
            {
                freeBytes -= Bytes(array);
                missedBytes = Math.Max(0, missedBytes - bytes);
            }
            else if (freeBytes > KeptBytes && (missedBytes += bytes) > freeBytes / 2)
            {
                // Work that goes on finds nearly all that it has returned; only other work, with other sizes, gets here.
                Free.Clear();
                (freeBytes, missedBytes) = (0, 0);
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
            if (!Free.TryGetValue(capacity, out var shelf))
                Free[capacity] = shelf = new Shelf();
            shelf.Put(array);
            freeBytes += Bytes(array);
        }
    }

    /// <summary>What lies free of one size.</summary>
    private sealed class Shelf
    {
        private readonly Stack<T[]> arrays = [];

        // So many have not been taken since GiveUpIdle.
        private int idle;

        public void Put(T[] array) => arrays.Push(array);

        public T[]? Take()
        {
            arrays.TryPop(out var array);
            idle = Math.Min(idle, arrays.Count);
            return array;
        }

        /// <summary>Leaves what nobody has taken since the last time to the collector.</summary>
        /// <returns>The number of bytes.</returns>
        public long GiveUpIdle()
        {
            var bytes = 0L;
            for (; idle > 0; idle--)
                bytes += Bytes(arrays.Pop());
            idle = arrays.Count;
            return bytes;
        }
    }

    /// <summary>
    /// Nobody holds it, so the collector finalizes it, once it is old at every full collection: what has lain free for some seconds, more
    /// than a training step takes, is free for the next one.
    /// </summary>
    private sealed class FullCollection
    {
        private const long Milliseconds = 5000;

        private long last = Environment.TickCount64;

        ~FullCollection()
        {
            if (Environment.TickCount64 - last > Milliseconds)
            {
                lock (Free)
                    freeBytes -= Free.Values.Sum(shelf => shelf.GiveUpIdle());
                last = Environment.TickCount64;
            }
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
