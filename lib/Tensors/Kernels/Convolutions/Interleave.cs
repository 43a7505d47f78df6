using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fgsm.Tensors;

/// <summary>Rows taken apart into every second or fourth number, and put together again.</summary>
internal static unsafe class Interleave
{
    /// <summary>targets[j][i] = source[i * size + j].</summary>
    public static void Split(float* source, int length, int size, float** targets)
    {
        var x = 0;
        // The last block overlaps the one before: what is written twice is the same.
        if (size == 2 && length >= 8)
            for (var last = (length - 8) / 2 * 2; x <= last; x = Next(x, 8, last))
            {
                var (even, odd) = Unzip(Vector128.Load(source + x), Vector128.Load(source + x + 4));
                even.Store(targets[0] + x / 2);
                odd.Store(targets[1] + x / 2);
            }
        else if (size == 4 && length >= 16)
            for (var last = (length - 16) / 4 * 4; x <= last; x = Next(x, 16, last))
            {
                var (r0, r1, r2, r3) = (Vector128.Load(source + x), Vector128.Load(source + x + 4), Vector128.Load(source + x + 8), Vector128.Load(source + x + 12));
                Transpose(ref r0, ref r1, ref r2, ref r3);
                r0.Store(targets[0] + x / 4);
                r1.Store(targets[1] + x / 4);
                r2.Store(targets[2] + x / 4);
                r3.Store(targets[3] + x / 4);
            }
        for (; x < length; x++)
            targets[x % size][x / size] = source[x];
    }

    /// <summary>target[i * size + j] = sources[j][i].</summary>
    public static void Merge(float** sources, int size, float* target, int length)
    {
        var x = 0;
        if (size == 2 && length >= 8)
            for (var last = (length - 8) / 2 * 2; x <= last; x = Next(x, 8, last))
            {
                var (low, high) = Zip(Vector128.Load(sources[0] + x / 2), Vector128.Load(sources[1] + x / 2));
                low.Store(target + x);
                high.Store(target + x + 4);
            }
        else if (size == 4 && length >= 16)
            for (var last = (length - 16) / 4 * 4; x <= last; x = Next(x, 16, last))
            {
                var (r0, r1, r2, r3) = (Vector128.Load(sources[0] + x / 4), Vector128.Load(sources[1] + x / 4), Vector128.Load(sources[2] + x / 4), Vector128.Load(sources[3] + x / 4));
                Transpose(ref r0, ref r1, ref r2, ref r3);
                r0.Store(target + x);
                r1.Store(target + x + 4);
                r2.Store(target + x + 8);
                r3.Store(target + x + 12);
            }
        for (; x < length; x++)
            target[x] = sources[x % size][x / size];
    }

    /// <summary>Where the block after the one at <paramref name="x"/> starts: at the latest at <paramref name="last"/>, and behind that after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(int x, int block, int last) => x == last ? last + block : Math.Min(x + block, last);

    /// <summary>a0 b0 a1 b1, and a2 b2 a3 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> Low, Vector128<float> High) Zip(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b))
        : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b))
        : (Vector128.Create(a[0], b[0], a[1], b[1]), Vector128.Create(a[2], b[2], a[3], b[3]));

    /// <summary>a0 a2 b0 b2, and a1 a3 b1 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Even, Vector128<float> Odd) Unzip(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? (Sse.Shuffle(a, b, 0b10_00_10_00), Sse.Shuffle(a, b, 0b11_01_11_01))
        : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.UnzipEven(a, b), AdvSimd.Arm64.UnzipOdd(a, b))
        : (Vector128.Create(a[0], a[2], b[0], b[2]), Vector128.Create(a[1], a[3], b[1], b[3]));

    /// <summary>Four rows of four become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector128<float> r0, ref Vector128<float> r1, ref Vector128<float> r2, ref Vector128<float> r3)
    {
        var (low02, high02) = Zip(r0, r2);
        var (low13, high13) = Zip(r1, r3);
        (r0, r1) = Zip(low02, low13);
        (r2, r3) = Zip(high02, high13);
    }
}
