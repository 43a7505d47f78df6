using System.Globalization;
using Fgsm.Benchmarks.Onnx;

namespace Fgsm.Benchmarks;

/// <summary>An engine that can be had here.</summary>
/// <param name="Name">With its version.</param>
/// <param name="Of">What it has of a work; null for nothing.</param>
/// <param name="Logits">What report B's CNN, fresh from seed 42, says of images.</param>
internal sealed record Engine(string Name, Func<Work, Func<int, Action>?> Of, Func<float[], float[]> Logits)
{
    private const float Tolerance = 1e-4f;

    public static Engine Embedded { get; } = new("Fgsm.Tensors", work => work.OnEmbedded, Benchmarks.Embedded.Works.Logits);

    /// <summary>libtorch through TorchSharp; null, and a line that says why, where it cannot be loaded.</summary>
    public static Engine? Libtorch(int threads, TextWriter log)
    {
        try
        {
            Benchmarks.Libtorch.Works.UseThreads(threads);
            return new(Benchmarks.Libtorch.Works.Name, work => work.OnLibtorch, Benchmarks.Libtorch.Works.Logits);
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            log.WriteLine($"benchmarks: libtorch cannot be loaded, so it is left out: {e.GetBaseException().Message}");
            return null;
        }
    }

    public static Engine OnnxRuntime(OnnxForward onnx) => new(OnnxForward.Name, work => work.OnOnnx?.Invoke(onnx), onnx.Logits);

    /// <summary>The largest difference between its logits and the embedded engine's.</summary>
    /// <exception cref="InvalidDataException">It is larger than rounding explains.</exception>
    public double CompareLogits()
    {
        var random = new Random(42);
        var pixels = Enumerable.Range(0, 16 * 28 * 28).Select(_ => random.NextSingle()).ToArray();
        var difference = Embedded.Logits(pixels).Zip(Logits(pixels), (ours, theirs) => Math.Abs(ours - theirs)).Max();
        return difference <= Tolerance ? difference
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Name} and {Embedded.Name} do not compute the same: their logits differ by {difference:0.#####}"));
    }
}
