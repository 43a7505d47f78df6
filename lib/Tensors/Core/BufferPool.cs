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
    private static long clock;
    private static long owed;
    private static long newBytes;

    static BufferPool() => _ = new FullCollection();

    /// <summary>Memory for <paramref name="length"/> elements, content undefined, and the index where it starts.</summary>
    public static (T[] Array, int Start) Rent(int length)
    {
        var capacity = Capacity(length);
        T[]? array;
        lock (Free)
        {
            array = Free.GetValueOrDefault(capacity)?.Take();
            if (array is not null)
                freeBytes -= Bytes(array);
            else if (freeBytes > KeptBytes)
                Replace((long)capacity * Unsafe.SizeOf<T>());
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
                Free[capacity] = shelf = new Shelf(Bytes(array));
            shelf.Put(array);
            freeBytes += Bytes(array);
        }
    }

    /// <summary>
    /// Much lies free and none of it fits, as when other work begins: as many bytes of what has lain longest leave for what comes, to the
    /// collector. Work that goes on finds nearly all that it has returned.
    /// </summary>
    private static void Replace(long bytes)
    {
        owed += bytes;
        while (freeBytes > 0 && Free.Values.Where(shelf => shelf.Count > 0).MinBy(shelf => shelf.Used)! is var oldest && oldest.Bytes <= owed)
        {
            oldest.Drop();
            (owed, freeBytes) = (owed - oldest.Bytes, freeBytes - oldest.Bytes);
        }
    }

    /// <summary>What lies free of one size.</summary>
    /// <param name="bytes">Of each array.</param>
    private sealed class Shelf(long bytes)
    {
        private readonly Stack<T[]> arrays = [];

        // So many have not been taken since DropIdle.
        private int idle;

        public long Bytes => bytes;

        public int Count => arrays.Count;

        /// <summary>When one was last put or taken.</summary>
        public long Used { get; private set; }

        public void Put(T[] array)
        {
            arrays.Push(array);
            Used = ++clock;
        }

        public T[]? Take()
        {
            arrays.TryPop(out var array);
            idle = Math.Min(idle, arrays.Count);
            Used = ++clock;
            return array;
        }

        /// <summary>Leaves one to the collector.</summary>
        public void Drop()
        {
            arrays.Pop();
            idle = Math.Min(idle, arrays.Count);
        }

        /// <summary>Leaves what nobody has taken since the last time to the collector.</summary>
        /// <returns>The number of bytes.</returns>
        public long DropIdle()
        {
            var dropped = idle;
            for (; idle > 0; idle--)
                arrays.Pop();
            idle = arrays.Count;
            return dropped * bytes;
        }
    }

    /// <summary>
    /// Nobody holds it, so the collector finalizes it, once it is old at every full collection: what has lain free for some seconds, more
    /// than a training step takes, is free for the next one; and everything when nobody has worked since the last one.
    /// </summary>
    private sealed class FullCollection
    {
        private const long Milliseconds = 5000;

        private long last = Environment.TickCount64;
        private long seen;

        ~FullCollection()
        {
            lock (Free)
            {
                if (clock == seen)
                {
                    Free.Clear();
                    (freeBytes, owed) = (0, 0);
                }
                else if (Environment.TickCount64 - last > Milliseconds)
                {
                    freeBytes -= Free.Values.Sum(shelf => shelf.DropIdle());
                    last = Environment.TickCount64;
                }
                seen = clock;
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
