using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fgsm.Tensors.Kernels;

/// <summary>Numbers that change places, by vectors of four.</summary>
internal static class Shuffles
{
    /// <summary>a0 b0 a1 b1, and a2 b2 a3 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> Low, Vector128<float> High) Zip(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b))
        : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b))
        : (Vector128.Create(a[0], b[0], a[1], b[1]), Vector128.Create(a[2], b[2], a[3], b[3]));

    /// <summary>Four rows of four become four columns: target[j * pitch + i] = source[i * step + j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose(float* source, nint step, float* target, nint pitch)
    {
        var (low02, high02) = Zip(Vector128.Load(source), Vector128.Load(source + 2 * step));
        var (low13, high13) = Zip(Vector128.Load(source + step), Vector128.Load(source + 3 * step));
        var (r0, r1) = Zip(low02, low13);
        var (r2, r3) = Zip(high02, high13);
        r0.Store(target);
        r1.Store(target + pitch);
        r2.Store(target + 2 * pitch);
        r3.Store(target + 3 * pitch);
    }

    /// <summary>Eight rows of four become four columns of eight, likewise; only where there is AVX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose8(float* source, nint step, float* target, nint pitch)
    {
        var (r0, r1) = (Rows(source, step), Rows(source + step, step));
        var (r2, r3) = (Rows(source + 2 * step, step), Rows(source + 3 * step, step));
        var (low02, low13) = (Avx.UnpackLow(r0, r2), Avx.UnpackLow(r1, r3));
        var (high02, high13) = (Avx.UnpackHigh(r0, r2), Avx.UnpackHigh(r1, r3));
        Avx.UnpackLow(low02, low13).Store(target);
        Avx.UnpackHigh(low02, low13).Store(target + pitch);
        Avx.UnpackLow(high02, high13).Store(target + 2 * pitch);
        Avx.UnpackHigh(high02, high13).Store(target + 3 * pitch);

        // A row and the fourth after it.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Rows(float* row, nint step) => Vector256.Create(Vector128.Load(row), Vector128.Load(row + 4 * step));
    }
}
