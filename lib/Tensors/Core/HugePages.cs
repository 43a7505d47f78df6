using System.Runtime.InteropServices;

namespace Fgsm.Tensors;

/// <summary>
/// Asks Linux for pages of 2 MB behind the buffers. Kernels step through many rows at once, and with pages of 4 KB
/// looking up addresses takes a good part of their time.
/// </summary>
internal static partial class HugePages
{
    /// <summary>Smaller buffers are not worth the call.</summary>
    public const long Worthwhile = 64 << 10;

    private const nint Size = 2 << 20;
    private const int MADV_HUGEPAGE = 14;

    private static bool possible = OperatingSystem.IsLinux();

    /// <summary>Advice only: where it cannot be followed, nothing changes.</summary>
    public static void Advise(nint start, nint bytes)
    {
        if (!possible)
            return;
        try
        {
            var first = start & -Size;
            _ = madvise(first, (start + bytes + Size - 1 & -Size) - first, MADV_HUGEPAGE);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            possible = false;
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nint length, int advice);
}
