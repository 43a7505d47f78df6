using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>
/// The innermost loop of every convolution and matrix product: a tile of C held in registers. Each element of C is one
/// chain of fused multiply-adds in ascending k, so its bits depend on neither the tile's size nor the vector's width.
/// </summary>
internal unsafe interface ITile
{
    static abstract int Rows { get; }
    static abstract int Columns { get; }

    /// <summary>
    /// C[Rows, Columns] = (accumulate ? C : 0) + sum over k of a[Rows, k] * b[k, Columns]. Element (i, k) of a lies at
    /// <c>i * aRow + k * aStep</c>; the rows of b lie <paramref name="bStep"/> apart, those of C <paramref name="stride"/>.
    /// </summary>
    static abstract void Multiply(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint stride, bool accumulate);
}

/// <summary>Which tile this machine runs: the widest that its registers hold.</summary>
internal static unsafe class Tiles
{
    public static bool Wide { get; } = Vector512.IsHardwareAccelerated;
    public static int Rows => Wide ? Tile14x2.Rows : Tile6x2.Rows;
    public static int Columns => Wide ? Tile14x2.Columns : Tile6x2.Columns;

    /// <summary>The most numbers that a vector of any machine holds: channels are filled up to a multiple of it.</summary>
    public const int Lanes = 16;

    public static int Round(int count, int step) => (count + step - 1) / step * step;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint stride, bool accumulate)
    {
        if (Wide)
            Tile14x2.Multiply(depth, a, aRow, aStep, b, bStep, c, stride, accumulate);
        else
            Tile6x2.Multiply(depth, a, aRow, aStep, b, bStep, c, stride, accumulate);
    }
}

/// <summary>6 rows of two <see cref="Vector{T}"/>: the 16 registers of AVX2; also runs on NEON and plain SSE.</summary>
internal readonly unsafe struct Tile6x2 : ITile
{
    public static int Rows => 6;
    public static int Columns => 2 * Vector<float>.Count;

    // Inlined into a long method, the steps would not be inlined any more.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint stride, bool accumulate)
    {
        Vector<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        var n = Vector<float>.Count;
        if (accumulate)
        {
            (c00, c01) = (Vector.Load(c), Vector.Load(c + n));
            (c10, c11) = (Vector.Load(c + stride), Vector.Load(c + stride + n));
            (c20, c21) = (Vector.Load(c + 2 * stride), Vector.Load(c + 2 * stride + n));
            (c30, c31) = (Vector.Load(c + 3 * stride), Vector.Load(c + 3 * stride + n));
            (c40, c41) = (Vector.Load(c + 4 * stride), Vector.Load(c + 4 * stride + n));
            (c50, c51) = (Vector.Load(c + 5 * stride), Vector.Load(c + 5 * stride + n));
        }
        else
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = Vector<float>.Zero;
        }

        var lower = a + 3 * aRow;
        var k = depth;
        // Four steps a turn: what a loop costs besides the products counts where a core's other thread is busy.
        for (; k >= 4; k -= 4)
        {
            Step(ref a, ref lower, aRow, aStep, ref b, bStep, ref c00, ref c01, ref c10, ref c11,
                ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(ref a, ref lower, aRow, aStep, ref b, bStep, ref c00, ref c01, ref c10, ref c11,
                ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(ref a, ref lower, aRow, aStep, ref b, bStep, ref c00, ref c01, ref c10, ref c11,
                ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(ref a, ref lower, aRow, aStep, ref b, bStep, ref c00, ref c01, ref c10, ref c11,
                ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
        }
        for (; k > 0; k--)
            Step(ref a, ref lower, aRow, aStep, ref b, bStep, ref c00, ref c01, ref c10, ref c11,
                ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);

        c00.Store(c);
        c01.Store(c + n);
        c10.Store(c + stride);
        c11.Store(c + stride + n);
        c20.Store(c + 2 * stride);
        c21.Store(c + 2 * stride + n);
        c30.Store(c + 3 * stride);
        c31.Store(c + 3 * stride + n);
        c40.Store(c + 4 * stride);
        c41.Store(c + 4 * stride + n);
        c50.Store(c + 5 * stride);
        c51.Store(c + 5 * stride + n);
    }

    /// <summary>One k; <paramref name="lower"/> is the fourth row of a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        ref float* a, ref float* lower, nint aRow, nint aStep, ref float* b, nint bStep,
        ref Vector<float> c00, ref Vector<float> c01, ref Vector<float> c10, ref Vector<float> c11,
        ref Vector<float> c20, ref Vector<float> c21, ref Vector<float> c30, ref Vector<float> c31,
        ref Vector<float> c40, ref Vector<float> c41, ref Vector<float> c50, ref Vector<float> c51)
    {
        var (b0, b1) = (Vector.Load(b), Vector.Load(b + Vector<float>.Count));
        var x = Vector.Create(a[0]);
        c00 = Vector.FusedMultiplyAdd(x, b0, c00);
        c01 = Vector.FusedMultiplyAdd(x, b1, c01);
        x = Vector.Create(a[aRow]);
        c10 = Vector.FusedMultiplyAdd(x, b0, c10);
        c11 = Vector.FusedMultiplyAdd(x, b1, c11);
        x = Vector.Create(a[2 * aRow]);
        c20 = Vector.FusedMultiplyAdd(x, b0, c20);
        c21 = Vector.FusedMultiplyAdd(x, b1, c21);
        x = Vector.Create(lower[0]);
        c30 = Vector.FusedMultiplyAdd(x, b0, c30);
        c31 = Vector.FusedMultiplyAdd(x, b1, c31);
        x = Vector.Create(lower[aRow]);
        c40 = Vector.FusedMultiplyAdd(x, b0, c40);
        c41 = Vector.FusedMultiplyAdd(x, b1, c41);
        x = Vector.Create(lower[2 * aRow]);
        c50 = Vector.FusedMultiplyAdd(x, b0, c50);
        c51 = Vector.FusedMultiplyAdd(x, b1, c51);
        a += aStep;
        lower += aStep;
        b += bStep;
    }
}
