using System.Runtime.InteropServices;

namespace Fgsm.Kernel.Running;

/// <summary>
/// The heap of the C library, where the runtime compiles cells and figures are drawn. Glibc keeps most of what they free, some hundred
/// megabytes in a run of all notebooks; other libraries give it back by themselves, and there nothing happens here.
/// </summary>
internal static class NativeHeap
{
    private static bool hasTrim = OperatingSystem.IsLinux();

    /// <summary>Gives back to the system what nobody uses.</summary>
    public static void Trim()
    {
        if (!hasTrim)
            return;
        try
        {
            _ = malloc_trim(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            hasTrim = false;
        }
    }

    [DllImport("libc")]
    private static extern int malloc_trim(nint pad);
}
