namespace Fgsm.Tensors;

/// <summary>
/// What kernels make of a weight before they use it, kept with the weight as long as nobody changes it: an attack asks the same network
/// again and again. A training changes its weights with every step, so nothing is kept before it is asked for a second time.
/// </summary>
internal sealed class KeptForms
{
    // A form of more numbers is not kept: 64 MiB.
    private const int Most = 1 << 24;

    private readonly Dictionary<Key, (float[] Array, int Start)?> forms = [];
    private int version;

    /// <summary>A form of the weight as it is now; null when it is asked for the first time since the weight was changed.</summary>
    /// <param name="weight">The caller keeps it alive.</param>
    /// <param name="length">Of the form, in numbers.</param>
    /// <param name="make">Writes it to the address.</param>
    public static unsafe float* Find(torch.Tensor weight, Key key, int length, Action<nint> make)
    {
        if (length > Most)
            return null;
        var kept = weight.Kept;
        lock (kept)
        {
            if (kept.version != weight.Version)
                kept.Clear();
            kept.version = weight.Version;
            if (!kept.forms.TryGetValue(key, out var memory))
            {
                kept.forms[key] = null;
                return null;
            }
            if (memory is null)
            {
                kept.forms[key] = memory = BufferPool<float>.Rent(length);
                make(Address(memory.Value));
            }
            return (float*)Address(memory.Value);
        }
    }

    /// <summary>Which form of which view: those of one storage have their own.</summary>
    internal readonly record struct Key(string Form, int Offset, int Rows, int Columns, (int, int) Kernel = default, bool Turned = false);

    /// <summary>Gives all memory back.</summary>
    public void Clear()
    {
        foreach (var (array, _) in forms.Values.OfType<(float[], int)>())
            BufferPool<float>.Return(array);
        forms.Clear();
    }

    private static unsafe nint Address((float[] Array, int Start) memory) =>
        (nint)Unsafe.AsPointer(ref memory.Array[memory.Start]);
}
