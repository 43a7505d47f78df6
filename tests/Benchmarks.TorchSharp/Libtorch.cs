using System.Reflection;
using System.Runtime.InteropServices;

namespace Fgsm.Benchmarks;

/// <summary>libtorch through TorchSharp.</summary>
public static class Libtorch
{
    public static string Name => $"libtorch {Version.Parse(__version__).ToString(3)}";

    public static string TorchSharpVersion => typeof(Tensor).Assembly.GetName().Version!.ToString(3);

    /// <summary>Loads it, which must come before any of its works. False, and a line for the user, where it cannot be loaded.</summary>
    public static bool TryLoad(int threads, TextWriter log)
    {
        try
        {
            // TorchSharp's own attempt would copy hundreds of megabytes before it gives up.
            if (OperatingSystem.IsLinux())
                NativeLibrary.Load("LibTorchSharp", Assembly.Load("TorchSharp"), null);
            set_num_threads(threads);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            log.WriteLine("benchmarks: libtorch is left out: " + (e.Message.Contains("GLIBCXX_", StringComparison.Ordinal)
                ? "it needs GLIBCXX_3.4.32, which Ubuntu 24.04, Debian 13 and newer systems have."
                : "there is no native library of TorchSharp for this platform, or a part of it is missing."));
            return false;
        }
    }
}
