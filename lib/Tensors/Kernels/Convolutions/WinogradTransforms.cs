using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fgsm.Tensors;

/// <summary>
/// The transforms of Winograd's minimal filtering with the six points 0, 1, -1, 2, -2 and infinity: F(4x4, 3x3) and
/// F(2x2, 5x5), where output size + filter size - 1 = 6. Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", 2016, https://arxiv.org/abs/1509.09308. In their notation y = A^T [(G g G^T) * (B^T d B)] A.
/// </summary>
/// <remarks>
/// Each works on <see cref="Vector{T}"/>.Count tiles or channels side by side; lanes never mix, so the width does not matter.
/// Error of outputs and gradients on normal random data, relative to the largest: below 2e-5, 1.1e-5 measured; see WinogradTests.
/// </remarks>
internal static unsafe class WinogradTransforms
{
    public const int Size = 6;
    public const int Points = Size * Size;

    /// <summary>B^T d B: element (i, j) of d at <c>source + offsets[6 i + j]</c>, of the result at <c>target + (6 i + j) * stride</c>.</summary>
    [SkipLocalsInit]
    public static void Input(float* source, int* offsets, float* target, nint stride)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[Points * n];
        for (var j = 0; j < Size; j++)
            InputLine(Vector.Load(source + offsets[j]), Vector.Load(source + offsets[6 + j]), Vector.Load(source + offsets[12 + j]),
                Vector.Load(source + offsets[18 + j]), Vector.Load(source + offsets[24 + j]), Vector.Load(source + offsets[30 + j]), half + j * n, Size * n);
        for (var i = 0; i < Size; i++)
        {
            var row = half + i * Size * n;
            InputLine(Vector.Load(row), Vector.Load(row + n), Vector.Load(row + 2 * n), Vector.Load(row + 3 * n), Vector.Load(row + 4 * n), Vector.Load(row + 5 * n),
                target + i * Size * stride, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(Vector<float> d0, Vector<float> d1, Vector<float> d2, Vector<float> d3, Vector<float> d4, Vector<float> d5, float* target, nint stride)
    {
        var (minusFour, minusFive) = (Vector.Create(-4f), Vector.Create(-5f));
        var even = Vector.FusedMultiplyAdd(minusFour, d2, d4);
        var odd = Vector.FusedMultiplyAdd(minusFour, d1, d3);
        var (near, far) = (d4 - d2, (d3 - d1) * 2f);
        Vector.FusedMultiplyAdd(Vector.Create(4f), d0, Vector.FusedMultiplyAdd(minusFive, d2, d4)).Store(target);
        (even + odd).Store(target + stride);
        (even - odd).Store(target + 2 * stride);
        (near + far).Store(target + 3 * stride);
        (near - far).Store(target + 4 * stride);
        Vector.FusedMultiplyAdd(Vector.Create(4f), d1, Vector.FusedMultiplyAdd(minusFive, d3, d5)).Store(target + 5 * stride);
    }

    /// <summary>A^T m A: from the six by six points to <paramref name="size"/> by size outputs, (i, j) at <c>target + (size i + j) * step</c>.</summary>
    [SkipLocalsInit]
    public static void Output(int size, float* source, nint stride, float* target, nint step)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[Points * n];
        for (var i = 0; i < Size; i++)
            OutputLine(size, source + i * Size * stride, stride, half + i * n, Size * n);
        for (var j = 0; j < size; j++)
            OutputLine(size, half + j * Size * n, n, target + j * step, size * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine(int size, float* m, nint stride, float* target, nint step)
    {
        var (m1, m2) = (Vector.Load(m + stride), Vector.Load(m + 2 * stride));
        var (m3, m4) = (Vector.Load(m + 3 * stride), Vector.Load(m + 4 * stride));
        var m5 = Vector.Load(m + 5 * stride);
        var (sum1, difference1, sum2, difference2) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        (Vector.Load(m) + sum1 + sum2).Store(target);
        if (size == 2)
        {
            (Vector.FusedMultiplyAdd(Vector.Create(2f), difference2, difference1) + m5).Store(target + step);
            return;
        }
        Vector.FusedMultiplyAdd(Vector.Create(2f), difference2, difference1).Store(target + step);
        Vector.FusedMultiplyAdd(Vector.Create(4f), sum2, sum1).Store(target + 2 * step);
        (Vector.FusedMultiplyAdd(Vector.Create(8f), difference2, difference1) + m5).Store(target + 3 * step);
    }

    /// <summary>A y A^T: the transform of an output gradient, element (i, j) of y at <c>source + offsets[size i + j]</c>.</summary>
    [SkipLocalsInit]
    public static void OutputGradient(int size, float* source, int* offsets, float* target, nint stride)
    {
        var n = Vector<float>.Count;
        var half = stackalloc float[4 * Size * n];
        var steps = stackalloc int[4];
        for (var i = 0; i < size; i++)
            OutputGradientLine(size, source, offsets + i * size, half + i * Size * n, n);
        for (var i = 0; i < size; i++)
            steps[i] = i * Size * n;
        for (var j = 0; j < Size; j++)
            OutputGradientLine(size, half + j * n, steps, target + j * stride, Size * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputGradientLine(int size, float* source, int* offsets, float* target, nint stride)
    {
        var (y0, y1) = (Vector.Load(source + offsets[0]), Vector.Load(source + offsets[1]));
        var (sum1, difference1, sum2, difference2, last) = (y0, y1, y0, y1 * 2f, y1);
        if (size == 4)
        {
            var (y2, y3) = (Vector.Load(source + offsets[2]), Vector.Load(source + offsets[3]));
            (sum1, difference1, last) = (y0 + y2, y1 + y3, y3);
            (sum2, difference2) = (Vector.FusedMultiplyAdd(Vector.Create(4f), y2, y0), Vector.FusedMultiplyAdd(Vector.Create(8f), y3, y1 * 2f));
        }
        y0.Store(target);
        (sum1 + difference1).Store(target + stride);
        (sum1 - difference1).Store(target + 2 * stride);
        (sum2 + difference2).Store(target + 3 * stride);
        (sum2 - difference2).Store(target + 4 * stride);
        last.Store(target + 5 * stride);
    }

    /// <summary>G g G^T: a filter of <paramref name="size"/> by size (3 or 5), row by row, to six by six points.</summary>
    public static void Filter(int size, float* filter, float* points)
    {
        var half = stackalloc float[Points];
        for (var i = 0; i < size; i++)
            FilterLine(size, filter + i * size, 1, half + i * Size, 1);
        for (var j = 0; j < Size; j++)
            FilterLine(size, half + j, Size, points + j, Size);
    }

    private static void FilterLine(int size, float* g, int step, float* target, int stride)
    {
        var (g0, g1, g2) = (g[0], g[step], g[2 * step]);
        var (g3, g4) = size == 5 ? (g[3 * step], g[4 * step]) : (0, 0);
        var (even, odd) = (g0 + g2 + g4, g1 + g3);
        var even2 = MathF.FusedMultiplyAdd(16, g4, MathF.FusedMultiplyAdd(4, g2, g0));
        var odd2 = MathF.FusedMultiplyAdd(8, g3, 2 * g1);
        target[0] = g0 / 4;
        target[stride] = -(even + odd) / 6;
        target[2 * stride] = (odd - even) / 6;
        target[3 * stride] = (even2 + odd2) / 24;
        target[4 * stride] = (even2 - odd2) / 24;
        target[5 * stride] = size == 5 ? g4 : g2;
    }

    /// <summary>G^T u G: the gradient of a filter from the gradient of its points.</summary>
    public static void FilterGradient(int size, float* points, float* filter)
    {
        var half = stackalloc float[5 * Size];
        for (var j = 0; j < Size; j++)
            FilterGradientLine(size, points + j, Size, half + j, Size);
        for (var i = 0; i < size; i++)
            FilterGradientLine(size, half + i * Size, 1, filter + i * size, 1);
    }

    private static void FilterGradientLine(int size, float* u, int step, float* target, int stride)
    {
        var (sum1, difference1) = ((u[step] + u[2 * step]) / 6, (u[step] - u[2 * step]) / 6);
        var (sum2, difference2) = ((u[3 * step] + u[4 * step]) / 24, (u[3 * step] - u[4 * step]) / 24);
        target[0] = u[0] / 4 - sum1 + sum2;
        target[stride] = MathF.FusedMultiplyAdd(2, difference2, -difference1);
        target[2 * stride] = MathF.FusedMultiplyAdd(4, sum2, -sum1);
        if (size == 5)
        {
            target[3 * stride] = MathF.FusedMultiplyAdd(8, difference2, -difference1);
            target[4 * stride] = MathF.FusedMultiplyAdd(16, sum2, -sum1);
        }
        target[(size - 1) * stride] += u[5 * step];
    }
}
