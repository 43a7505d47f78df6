namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// The transforms of Winograd's minimal filtering with the eight points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity: F(6x6, 3x3) and
/// F(4x4, 5x5), where output size + filter size - 1 = 8. Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", 2016, https://arxiv.org/abs/1509.09308. In their notation y = A^T [(G g G^T) * (B^T d B)] A.
/// </summary>
/// <remarks>
/// Each works on <see cref="Vector{T}"/>.Count channels or filters side by side; lanes never mix, so the width does not matter.
/// Error of outputs and gradients on normal random data, relative to the largest: below 2e-5, 1.3e-5 measured; see WinogradTests.
/// </remarks>
internal static unsafe class WinogradTransforms
{
    public const int Size = 8;
    public const int Points = Size * Size;

    /// <summary>
    /// B^T d B: element (i, j) of d at <c>source + i * rowLength + j * pitch</c>, of the result at <c>target + (8 i + j) * stride</c>.
    /// </summary>
    [SkipLocalsInit]
    public static void Input(float* source, nint rowLength, nint pitch, float* target, nint stride)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[Points * n];
        for (var j = 0; j < Size; j++)
            InputLine(source + j * pitch, rowLength, half + j * n, Size * n);
        for (var i = 0; i < Size; i++)
            InputLine(half + i * Size * n, n, target + i * Size * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(float* source, nint step, float* target, nint stride)
    {
        var (d0, d1, d2, d3) =
            (Vector.Load(source), Vector.Load(source + step), Vector.Load(source + 2 * step), Vector.Load(source + 3 * step));
        var (d4, d5, d6, d7) =
            (Vector.Load(source + 4 * step), Vector.Load(source + 5 * step),
            Vector.Load(source + 6 * step), Vector.Load(source + 7 * step));
        Fma(5.25f, d4 - d2, d0 - d6).Store(target);
        Pair(Fma(-4.25f, d4, d2 + d6), Fma(-4.25f, d3, d1 + d5), target + stride, stride);
        Pair(Fma(0.25f, d2, Fma(-1.25f, d4, d6)), Fma(0.5f, d1, Fma(-2.5f, d3, d5 + d5)), target + 3 * stride, stride);
        Pair(Fma(4, d2, Fma(-5, d4, d6)), Fma(2, d1, Fma(-2.5f, d3, d5 * 0.5f)), target + 5 * stride, stride);
        Fma(5.25f, d3 - d5, d7 - d1).Store(target + 7 * stride);
    }

    /// <summary>
    /// A^T m A: from the eight by eight points to <paramref name="size"/> by size outputs, (i, j) at <c>target + i * rowLength + j *
    /// pitch</c>.
    /// </summary>
    [SkipLocalsInit]
    public static void Output(int size, float* source, nint stride, float* target, nint rowLength, nint pitch)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[6 * Size * n];
        for (var j = 0; j < Size; j++)
            OutputLine(size, source + j * stride, Size * stride, half + j * n, Size * n);
        for (var i = 0; i < size; i++)
            OutputLine(size, half + i * Size * n, n, target + i * rowLength, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine(int size, float* m, nint stride, float* target, nint step)
    {
        var (m1, m2, m3, m4) =
            (Vector.Load(m + stride), Vector.Load(m + 2 * stride), Vector.Load(m + 3 * stride), Vector.Load(m + 4 * stride));
        var (m5, m6, m7) = (Vector.Load(m + 5 * stride), Vector.Load(m + 6 * stride), Vector.Load(m + 7 * stride));
        var (sum1, sum2, sum3) = (m1 + m2, m3 + m4, m5 + m6);
        var (difference1, difference2, difference3) = (m1 - m2, m3 - m4, m5 - m6);
        (Vector.Load(m) + sum1 + (sum2 + sum3)).Store(target);
        Fma(2, difference2, Fma(0.5f, difference3, difference1)).Store(target + step);
        Fma(4, sum2, Fma(0.25f, sum3, sum1)).Store(target + 2 * step);
        var fourth = Fma(8, difference2, Fma(0.125f, difference3, difference1));
        if (size == 4)
        {
            (fourth + m7).Store(target + 3 * step);
            return;
        }
        fourth.Store(target + 3 * step);
        Fma(16, sum2, Fma(1 / 16f, sum3, sum1)).Store(target + 4 * step);
        (Fma(32, difference2, Fma(1 / 32f, difference3, difference1)) + m7).Store(target + 5 * step);
    }

    /// <summary>
    /// A y A^T: the transform of <paramref name="size"/> by size output gradients, (i, j) at <c>source + i * rowLength + j * pitch</c>.
    /// </summary>
    [SkipLocalsInit]
    public static void OutputGradient(int size, float* source, nint rowLength, nint pitch, float* target, nint stride)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[6 * Size * n];
        for (var j = 0; j < size; j++)
            OutputGradientLine(size, source + j * pitch, rowLength, half + j * n, 6 * n);
        for (var i = 0; i < Size; i++)
            OutputGradientLine(size, half + i * 6 * n, n, target + i * Size * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputGradientLine(int size, float* source, nint step, float* target, nint stride)
    {
        var (y0, y1, y2, y3) =
            (Vector.Load(source), Vector.Load(source + step), Vector.Load(source + 2 * step), Vector.Load(source + 3 * step));
        var (even1, odd1) = (y0 + y2, y1 + y3);
        var (even2, odd2) = (Fma(4, y2, y0), Fma(8, y3, y1 + y1));
        var (even3, odd3) = (Fma(0.25f, y2, y0), Fma(0.125f, y3, y1 * 0.5f));
        var last = y3;
        if (size == 6)
        {
            var (y4, y5) = (Vector.Load(source + 4 * step), Vector.Load(source + 5 * step));
            (even1, odd1) = (even1 + y4, odd1 + y5);
            (even2, odd2) = (Fma(16, y4, even2), Fma(32, y5, odd2));
            (even3, odd3) = (Fma(1 / 16f, y4, even3), Fma(1 / 32f, y5, odd3));
            last = y5;
        }
        y0.Store(target);
        Pair(even1, odd1, target + stride, stride);
        Pair(even2, odd2, target + 3 * stride, stride);
        Pair(even3, odd3, target + 5 * stride, stride);
        last.Store(target + 7 * stride);
    }

    /// <summary>
    /// G g G^T: a filter of <paramref name="size"/> by size (3 or 5), its terms <paramref name="step"/> apart, to eight by eight points.
    /// </summary>
    [SkipLocalsInit]
    public static void Filter(int size, float* filter, nint step, float* target, nint stride)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[5 * Size * n];
        for (var j = 0; j < size; j++)
            FilterLine(size, filter + j * step, size * step, half + j * n, 5 * n);
        for (var i = 0; i < Size; i++)
            FilterLine(size, half + i * 5 * n, n, target + i * Size * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterLine(int size, float* source, nint step, float* target, nint stride)
    {
        var (g0, g1, g2) = (Vector.Load(source), Vector.Load(source + step), Vector.Load(source + 2 * step));
        var (even1, odd1) = (g0 + g2, g1);
        var (even2, odd2) = (Fma(4, g2, g0), g1 + g1);
        var (even3, odd3) = (Fma(0.25f, g2, g0), g1 * 0.5f);
        var last = g2;
        if (size == 5)
        {
            var (g3, g4) = (Vector.Load(source + 3 * step), Vector.Load(source + 4 * step));
            (even1, odd1) = (even1 + g4, odd1 + g3);
            (even2, odd2) = (Fma(16, g4, even2), Fma(8, g3, odd2));
            (even3, odd3) = (Fma(1 / 16f, g4, even3), Fma(0.125f, g3, odd3));
            last = g4;
        }
        g0.Store(target);
        Pair(even1 * One, odd1 * One, target + stride, stride);
        Pair(even2 * Two, odd2 * Two, target + 3 * stride, stride);
        Pair(even3 * Half, odd3 * Half, target + 5 * stride, stride);
        last.Store(target + 7 * stride);
    }

    /// <summary>G^T u G: the gradient of a filter from the gradient of its points.</summary>
    [SkipLocalsInit]
    public static void FilterGradient(int size, float* points, nint stride, float* filter, nint step)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[5 * Size * n];
        for (var j = 0; j < Size; j++)
            FilterGradientLine(size, points + j * stride, Size * stride, half + j * n, Size * n);
        for (var i = 0; i < size; i++)
            FilterGradientLine(size, half + i * Size * n, n, filter + i * size * step, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterGradientLine(int size, float* u, nint stride, float* target, nint step)
    {
        var (u1, u2, u3, u4) =
            (Vector.Load(u + stride), Vector.Load(u + 2 * stride), Vector.Load(u + 3 * stride), Vector.Load(u + 4 * stride));
        var (u5, u6, u7) = (Vector.Load(u + 5 * stride), Vector.Load(u + 6 * stride), Vector.Load(u + 7 * stride));
        var (sum1, sum2, sum3) = ((u1 + u2) * One, (u3 + u4) * Two, (u5 + u6) * Half);
        var (difference1, difference2, difference3) = ((u1 - u2) * One, (u3 - u4) * Two, (u5 - u6) * Half);
        (Vector.Load(u) + sum1 + (sum2 + sum3)).Store(target);
        Fma(2, difference2, Fma(0.5f, difference3, difference1)).Store(target + step);
        var third = Fma(4, sum2, Fma(0.25f, sum3, sum1));
        if (size == 3)
        {
            (third + u7).Store(target + 2 * step);
            return;
        }
        third.Store(target + 2 * step);
        Fma(8, difference2, Fma(0.125f, difference3, difference1)).Store(target + 3 * step);
        (Fma(16, sum2, Fma(1 / 16f, sum3, sum1)) + u7).Store(target + 4 * step);
    }

    // 1 over the product of a point's distances from the other finite ones, for 1 and -1, 2 and -2, 1/2 and -1/2.
    private const float One = -2 / 9f;
    private const float Two = 1 / 90f;
    private const float Half = 32 / 45f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Fma(float factor, Vector<float> x, Vector<float> y) =>
        Vector.FusedMultiplyAdd(Vector.Create(factor), x, y);

    /// <summary>What a point and its negative give: the even powers plus and minus the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(Vector<float> even, Vector<float> odd, float* target, nint stride)
    {
        (even + odd).Store(target);
        (even - odd).Store(target + stride);
    }
}
