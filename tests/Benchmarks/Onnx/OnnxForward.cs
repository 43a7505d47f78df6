using Microsoft.ML.OnnxRuntime;

namespace Fgsm.Benchmarks.Onnx;

/// <summary>Report B's CNN in ONNX Runtime, with all its graph optimisations.</summary>
internal sealed class OnnxForward : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();

    public OnnxForward(nn.Module reportB, int threads)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        session = new InferenceSession(OnnxModel.Of(reportB), settings);
    }

    public static string Name => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    /// <summary>Logits of n images.</summary>
    public Action Forward(int n)
    {
        var images = OrtValue.CreateTensorValueFromMemory(rand(n, 1, 28, 28).data<float>().ToArray(), [n, 1, 28, 28]);
        return () => Run(images).Dispose();
    }

    /// <summary>What the network says of images, <c>[N, 10]</c> row by row.</summary>
    public float[] Logits(float[] pixels)
    {
        using var images = OrtValue.CreateTensorValueFromMemory(pixels, [pixels.Length / (28 * 28), 1, 28, 28]);
        using var logits = Run(images);
        return logits[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(OrtValue images) => session.Run(options, ["images"], [images], ["logits"]);
}
