namespace Fgsm.Benchmarks;

/// <summary>libtorch through TorchSharp.</summary>
public static class Libtorch
{
    public static string Name => $"libtorch {Version.Parse(__version__).ToString(3)}";

    public static string TorchSharpVersion => typeof(Tensor).Assembly.GetName().Version!.ToString(3);

    /// <summary>Comes before any of its works. Where it cannot be loaded: false, and a line that says why.</summary>
    public static bool TryLoad(int threads, TextWriter log)
    {
        if (LibTorch.Problem is { } problem)
        {
            log.WriteLine($"benchmarks: {problem} The tables leave libtorch out.");
            return false;
        }
        set_num_threads(threads);
        return true;
    }
}
