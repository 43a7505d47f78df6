using System.Runtime.InteropServices;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

internal static class Bits
{
    /// <summary>The elements' bits: 0 and -0 differ, and a NaN equals itself.</summary>
    public static int[] Of(Tensor tensor) => MemoryMarshal.Cast<float, int>(tensor.data<float>().ToArray()).ToArray();
}
