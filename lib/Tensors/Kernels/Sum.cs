using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>
/// Sums whose order of addition is fixed: 16 lanes, whatever the width of a vector, over blocks of one size, whatever the number of
/// threads.
/// </summary>
internal static unsafe class Sum
{
    private const int Lanes = 16;
    private const int Block = 1 << 14;

    [SkipLocalsInit]
    public static float Of(float* x, int length)
    {
        var lanes = stackalloc float[Lanes];
        var width = Vector<float>.Count;
        var whole = length - length % Lanes;
        for (var lane = 0; lane < Lanes; lane += width)
        {
            var sum = Vector<float>.Zero;
            for (var i = lane; i < whole; i += Lanes)
                sum += Vector.Load(x + i);
            sum.Store(lanes + lane);
        }
        for (var i = whole; i < length; i++)
            lanes[i - whole] += x[i];
        return Fold(lanes);
    }

    /// <summary>The sum of x[i] y[i], in the same order.</summary>
    [SkipLocalsInit]
    public static float Of(float* x, float* y, int length)
    {
        var lanes = stackalloc float[Lanes];
        var whole = length - length % Lanes;
        for (var lane = 0; lane < Lanes; lane += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var i = lane; i < whole; i += Lanes)
                sum = Vector.FusedMultiplyAdd(Vector.Load(x + i), Vector.Load(y + i), sum);
            sum.Store(lanes + lane);
        }
        for (var i = whole; i < length; i++)
            lanes[i - whole] = MathF.FusedMultiplyAdd(x[i], y[i], lanes[i - whole]);
        return Fold(lanes);
    }

    /// <summary>The sum of the lanes: each with the one 8 further on, then 4, 2 and 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fold(float* lanes)
    {
        var sums = Vector128.Load(lanes) + Vector128.Load(lanes + 8) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
        return sums[0] + sums[2] + (sums[1] + sums[3]);
    }

    /// <summary>y[outer, inner] = sum over the middle of x[outer, length, inner].</summary>
    public static void Middle(float* x, float* y, int outer, int length, int inner)
    {
        if (inner > 1)
        {
            var grain = Math.Max(16, Elementwise.Grain / Math.Max(1, length));
            var pieces = (inner + grain - 1) / grain;
            Threads.For(outer * pieces, piece =>
            {
                var (o, first) = (piece / pieces, piece % pieces * grain);
                Rows(x + (long)o * length * inner + first, inner, length, y + (long)o * inner + first, Math.Min(grain, inner - first));
            });
        }
        else if (outer == 1 && length > Block)
        {
            var blocks = (length + Block - 1) / Block;
            using var partial = new Scratch<float>(blocks);
            var sums = partial.Pointer;
            Threads.Ranges(length, Block, (start, end) => sums[start / Block] = Of(x + start, end - start));
            *y = Of(sums, blocks);
        }
        else
        {
            Threads.Ranges(outer, Math.Max(1, Elementwise.Grain / Math.Max(1, length)), (first, last) =>
            {
                for (var o = first; o < last; o++)
                    y[o] = Of(x + (long)o * length, length);
            });
        }
    }

    /// <summary>Likewise of whole numbers, whose order does not matter; y is 0 before.</summary>
    public static void Middle(long* x, long* y, int outer, int length, int inner)
    {
        for (var o = 0; o < outer; o++, y += inner)
            for (var r = 0; r < length; r++, x += inner)
                for (var i = 0; i < inner; i++)
                    y[i] += x[i];
    }

    /// <summary>y = the sum of <paramref name="rows"/> rows, added in order; or y += the rows, each in turn.</summary>
    public static void Rows(float* x, nint stride, int rows, float* y, int length, bool accumulate = false)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sum = accumulate ? Vector.Load(y + i) : Vector<float>.Zero;
            for (var r = 0; r < rows; r++)
                sum += Vector.Load(x + r * stride + i);
            sum.Store(y + i);
        }
        for (; i < length; i++)
        {
            var sum = accumulate ? y[i] : 0f;
            for (var r = 0; r < rows; r++)
                sum += x[r * stride + i];
            y[i] = sum;
        }
    }
}
