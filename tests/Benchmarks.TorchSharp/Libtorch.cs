using System.Reflection;
using System.Runtime.InteropServices;

namespace Fgsm.Benchmarks;

/// <summary>libtorch through TorchSharp. Nothing else of this assembly may be touched before <see cref="WhyMissing"/> is null.</summary>
public static class Libtorch
{
    public static string Name => $"libtorch {Version.Parse(__version__).ToString(3)}";

    public static string TorchSharpVersion => typeof(Tensor).Assembly.GetName().Version!.ToString(3);

    /// <summary>Why libtorch cannot be loaded here, in one line; null if it can.</summary>
    public static string? WhyMissing()
    {
        try
        {
            // TorchSharp's own attempt would copy hundreds of megabytes in vain before it gives up.
            if (OperatingSystem.IsLinux())
                NativeLibrary.Load("LibTorchSharp", Assembly.Load("TorchSharp"), null);
            get_num_threads();
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            return e.Message.Contains("GLIBCXX_", StringComparison.Ordinal)
                ? "it needs GLIBCXX_3.4.32, which Ubuntu 24.04, Debian 13 and newer systems have"
                : "there is no native library of TorchSharp for this platform, or a part of it is missing";
        }
    }

    public static void UseThreads(int count) => set_num_threads(count);
}
