namespace Fgsm.Tensors;

/// <summary>
/// What kernels make of a weight before they use it, kept with the weight as long as nobody changes it: an attack asks the same network
/// again and again. Training on FGSM's examples asks twice between two steps, so nothing is kept before it is asked for a third time.
/// </summary>
internal sealed class KeptForms
{
    // A form of more numbers is not kept: 64 MiB.
    private const int Most = 1 << 24;

    private const int Askings = 3;

    private readonly Dictionary<Key, Form> forms = [];
    private int version;

    /// <summary>A form of the weight as it is now; null when it has seldom been asked for since the weight was changed.</summary>
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
            if (!kept.forms.TryGetValue(key, out var form))
                kept.forms[key] = form = new Form();
            if (form.Memory is null && ++form.Asked < Askings)
                return null;
            if (form.Memory is null)
            {
                // Not before it is whole: an interrupt may end the making.
                var made = new Form { Memory = BufferPool<float>.Rent(length) };
                make(made.Address);
                form.Memory = made.Memory;
            }
            return (float*)form.Address;
        }
    }

    /// <summary>Which form of which view: those of one storage have their own.</summary>
    internal readonly record struct Key(string Form, int Offset, int Rows, int Columns, (int, int) Kernel = default, bool Turned = false);

    /// <summary>Gives all memory back.</summary>
    public void Clear()
    {
        foreach (var form in forms.Values)
            if (form.Memory is var (array, _))
                BufferPool<float>.Return(array);
        forms.Clear();
    }

    private sealed class Form
    {
        public int Asked;
        public (float[] Array, int Start)? Memory;

        public unsafe nint Address => (nint)Unsafe.AsPointer(ref Memory!.Value.Array[Memory.Value.Start]);
    }
}
