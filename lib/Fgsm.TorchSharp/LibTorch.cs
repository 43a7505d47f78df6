using System.Runtime.InteropServices;

namespace Fgsm;

/// <summary>Whether libtorch can be loaded here. TorchSharp's own message has a page, and copies libtorch before it gives up.</summary>
public static class LibTorch
{
    private static readonly Lazy<string?> problem = new(Find);

    /// <summary>What is missing and what to do, in one line; null where TorchSharp works.</summary>
    public static string? Problem => problem.Value;

    /// <exception cref="DllNotFoundException">libtorch cannot be loaded; the message is <see cref="Problem"/>.</exception>
    public static void Require()
    {
        if (Problem is { } message)
            throw new DllNotFoundException(message);
    }

    private static string? Find()
    {
        try
        {
            // Loads libtorch too, on which it depends; torch itself must not be touched before.
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, DllImportSearchPath.AssemblyDirectory);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            var reason = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "it is not made for musl"
                : e.Message.Contains("GLIBCXX_", StringComparison.Ordinal) ? "this system's libstdc++ has no GLIBCXX_3.4.32 (lib/Fgsm.TorchSharp/libstdcxx.sh supplies it on Debian 12)"
                : $"TorchSharp's native part or libtorch itself is missing for {RuntimeInformation.RuntimeIdentifier} (a project references the package libtorch-cpu-linux-x64 or its like)";
            return $"libtorch cannot be loaded: {reason}. It works on Ubuntu 24.04, Debian 13, Windows and macOS on Arm; the embedded engine needs none of it.";
        }
    }
}
