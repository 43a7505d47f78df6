using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fgsm.Tests;

/// <summary>What the tests look at in tensors and models, bit for bit.</summary>
internal static class TestTensors
{
    public static Tensor Labels(params long[] labels) => tensor(labels);

    public static Tensor RandomLabels(int count, int classes) => tensor(Array.ConvertAll(rand(count).Floats(), u => (long)(u * classes)));

    // TorchSharp cannot list the elements of a tensor that has none.
    public static float[] Floats(this Tensor tensor) => tensor.numel() == 0 ? [] : tensor.data<float>().ToArray();

    public static int[] Bits(this Tensor tensor) => Array.ConvertAll(tensor.Floats(), BitConverter.SingleToInt32Bits);

    public static string Sha256(this Tensor tensor) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tensor.Floats().AsSpan())));

    /// <summary>A line for each parameter, which tells its bits.</summary>
    public static string[] Weights(this nn.Module model) => [.. model.named_parameters().Select(p => $"{p.name} {p.parameter.Sha256()}")];

    public static bool[] Modes(this nn.Module model) => [.. model.modules().Prepend(model).Select(m => m.training)];

    /// <summary>The message is one line and holds all of <paramref name="parts"/>.</summary>
    public static void AssertOneLine(Exception exception, params string[] parts)
    {
        Assert.DoesNotContain('\n', exception.Message);
        Assert.All(parts, part => Assert.Contains(part, exception.Message));
    }
}
