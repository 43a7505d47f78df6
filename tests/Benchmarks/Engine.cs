using Fgsm.Benchmarks.Onnx;

namespace Fgsm.Benchmarks;

/// <summary>What computes the works.</summary>
/// <param name="Name">With its version.</param>
/// <param name="Of">What it has of a work; null for nothing.</param>
/// <param name="Logits">What report B's CNN, fresh from seed 42, says of images.</param>
internal sealed record Engine(string Name, Func<Work, Func<int, Action>?> Of, Func<float[], float[]> Logits)
{
    private const float Tolerance = 1e-4f;

    public static Engine Embedded { get; } = new("Fgsm.Tensors", work => work.OnEmbedded, Benchmarks.OnEmbedded.Works.Logits);

    public static Engine Libtorch => new(Benchmarks.Libtorch.Name, work => work.OnLibtorch, Benchmarks.OnLibtorch.Works.Logits);

    public static Engine OnnxRuntime(OnnxForward onnx) => new(OnnxForward.Name, work => work.OnOnnx?.Invoke(onnx), onnx.Logits);

    /// <summary>The largest difference between its logits and the embedded engine's.</summary>
    /// <exception cref="InvalidDataException">It is more than rounding.</exception>
    public float CompareLogits()
    {
        var random = new Random(42);
        var pixels = Enumerable.Range(0, 16 * 28 * 28).Select(_ => random.NextSingle()).ToArray();
        var difference = Embedded.Logits(pixels).Zip(Logits(pixels), (ours, theirs) => Math.Abs(ours - theirs)).Max();
        return difference <= Tolerance ? difference
            : throw new InvalidDataException($"the logits of {Name} and {Embedded.Name} differ by {difference}");
    }
}
