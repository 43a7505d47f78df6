using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fgsm.Tensors;

/// <summary>Rows taken apart into every second or fourth number, and put together again.</summary>
internal static unsafe class Interleave
{
    /// <summary>targets[j][i] = source[i * size + j].</summary>
    public static void Split(float* source, int length, int size, float** targets)
    {
        var x = 0;
        if (size == 2 && Sse.IsSupported)
            for (; x <= length - 8; x += 8)
            {
                var (a, b) = (Vector128.Load(source + x), Vector128.Load(source + x + 4));
                Sse.Shuffle(a, b, 0b10_00_10_00).Store(targets[0] + x / 2);
                Sse.Shuffle(a, b, 0b11_01_11_01).Store(targets[1] + x / 2);
            }
        if (size == 4 && Sse.IsSupported)
            for (; x <= length - 16; x += 16)
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
        if (size == 2 && Sse.IsSupported)
            for (; x <= length - 8; x += 8)
            {
                var (a, b) = (Vector128.Load(sources[0] + x / 2), Vector128.Load(sources[1] + x / 2));
                Sse.UnpackLow(a, b).Store(target + x);
                Sse.UnpackHigh(a, b).Store(target + x + 4);
            }
        if (size == 4 && Sse.IsSupported)
            for (; x <= length - 16; x += 16)
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

    /// <summary>Four rows of four become four columns.</summary>
    public static void Transpose(ref Vector128<float> r0, ref Vector128<float> r1, ref Vector128<float> r2, ref Vector128<float> r3)
    {
        var (low01, high01) = (Sse.UnpackLow(r0, r1), Sse.UnpackHigh(r0, r1));
        var (low23, high23) = (Sse.UnpackLow(r2, r3), Sse.UnpackHigh(r2, r3));
        (r0, r1) = (Sse.MoveLowToHigh(low01, low23), Sse.MoveHighToLow(low23, low01));
        (r2, r3) = (Sse.MoveLowToHigh(high01, high23), Sse.MoveHighToLow(high23, high01));
    }
}
