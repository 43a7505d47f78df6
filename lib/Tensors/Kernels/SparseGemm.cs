using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>
/// Matrix products whose left factor is mostly zeros, as gradients are behind a ReLU or a dropout. Each element of C is the
/// same chain of fused multiply-adds in ascending k as in <see cref="Gemm"/>, without the terms where A is zero.
/// </summary>
/// <remarks>
/// What is left out would have changed nothing but the sign of a zero that is an underflow, and where B is infinite or NaN:
/// there 0 times B would have been NaN. Which products are sparse follows from their sizes and from A, on every machine alike.
/// </remarks>
internal static unsafe class SparseGemm
{
    // Up to this share of A's elements not zero, and from these sizes on, it takes less time than a dense product.
    private const double Density = 0.6;
    private const int LeastRows = 16;
    private const int LeastColumns = 128;

    // The part of B that a strip of C takes at a time (Depth x Columns) stays in the first-level cache.
    private const int PanelLength = 4096;

    /// <summary>Whether <see cref="Multiply"/> is faster than a dense product. B's rows must be contiguous.</summary>
    public static bool Suits(int m, int n, int k, Matrix a, Matrix b)
    {
        if (m < LeastRows || n < LeastColumns || b.ColumnStride != 1)
            return false;
        var (lines, length, stride) = a.ColumnStride == 1 ? (m, k, a.RowStride) : (k, m, a.ColumnStride);
        long zeros = 0;
        for (var i = 0; i < lines; i++)
            zeros += Zeros(a.Data + i * stride, length);
        return zeros > (1 - Density) * m * k;
    }

    private static int Zeros(float* line, int length)
    {
        var (i, zeros) = (0, Vector<int>.Zero);
        for (; i + Vector<float>.Count <= length; i += Vector<float>.Count)
            zeros -= Vector.Equals(Vector.Load(line + i), Vector<float>.Zero);
        var count = Vector.Sum(zeros);
        for (; i < length; i++)
            count += line[i] == 0 ? 1 : 0;
        return count;
    }

    /// <summary>C[m, n] = A[m, k] B[k, n], on all cores; the rows of B and C are contiguous.</summary>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c)
    {
        if (Tiles.Wide)
            Multiply<Vector512<float>, Lanes512>(m, n, k, a, b, c);
        else
            Multiply<Vector<float>, Lanes>(m, n, k, a, b, c);
    }

    public static void Multiply<TVector, TLanes>(int m, int n, int k, Matrix a, Matrix b, Matrix c)
        where TVector : struct where TLanes : struct, ILanes<TVector>
    {
        var columns = Strip<TVector, TLanes>.Columns;
        var depth = PanelLength / columns;
        var blocks = (k + depth - 1) / depth;
        using var terms = new Scratch<ulong>(m * k);
        using var starts = new Scratch<int>(blocks * (m + 1));
        Threads.For(blocks, block =>
            List(columns, m, Math.Min(depth, k - block * depth), a with { Address = (nint)a.At(0, block * depth) },
                terms.Pointer + (nint)block * depth * m, starts.Pointer + block * (m + 1)));

        // Enough pieces for all threads, also when B has few columns.
        var strips = (n + columns - 1) / columns;
        var height = Math.Min(m, (m * strips + Threads.Count - 1) / Threads.Count);
        var rows = (m + height - 1) / height;
        Threads.For(strips * rows, piece =>
        {
            var (top, left) = (piece % rows * height, piece / rows * columns);
            var (bottom, width) = (Math.Min(m, top + height), Math.Min(columns, n - left));
            using var panel = new Scratch<float>(depth * columns);
            for (var block = 0; block < blocks; block++)
            {
                var start = block * depth;
                Gemm.Pack(width, columns, Math.Min(depth, k - start), b.At(start, left), b.ColumnStride, b.RowStride, panel.Pointer);
                var (next, nextLeft) = block + 1 < blocks ? (start + depth, left) : (0, Math.Min(left + columns, n - 1));
                var ahead = new Gemm.Ahead(b, next, Math.Min(depth, k - next), nextLeft, Math.Min(n, nextLeft + columns), bottom - top);
                Rows<TVector, TLanes>(top, bottom, width, terms.Pointer + (nint)start * m, starts.Pointer + block * (m + 1), panel.Pointer,
                    c with { Address = (nint)c.At(0, left) }, block > 0, ref ahead);
            }
        });
    }

    /// <summary>
    /// The terms of each row of A, one row after the other: an element that is not zero in the lower half and the place in the
    /// panel of the row of B that it multiplies in the upper. Together they are one load.
    /// </summary>
    private static void List(int columns, int m, int depth, Matrix a, ulong* terms, int* starts)
    {
        var count = 0;
        for (var i = 0; i < m; i++)
        {
            starts[i] = count;
            var source = a.At(i, 0);
            for (var k = 0; k < depth; k++, source += a.ColumnStride)
            {
                terms[count] = (ulong)(k * columns) << 32 | BitConverter.SingleToUInt32Bits(*source);
                count += *source != 0 ? 1 : 0;
            }
        }
        starts[m] = count;
    }

    /// <summary>Some rows of a strip of C; of a strip at the edge only the part inside is written.</summary>
    [SkipLocalsInit]
    private static void Rows<TVector, TLanes>(int top, int bottom, int width, ulong* terms, int* starts, float* panel, Matrix c,
        bool accumulate, ref Gemm.Ahead ahead) where TVector : struct where TLanes : struct, ILanes<TVector>
    {
        var columns = Strip<TVector, TLanes>.Columns;
        var whole = stackalloc float[columns];
        for (var i = top; i < bottom; i++)
        {
            ahead.Fetch();
            var target = width == columns ? c.At(i, 0) : whole;
            if (target == whole)
                new ReadOnlySpan<float>(c.At(i, 0), width).CopyTo(new Span<float>(whole, width));
            Strip<TVector, TLanes>.Multiply(terms + starts[i], terms + starts[i + 1], panel, target, accumulate);
            if (target == whole)
                new ReadOnlySpan<float>(whole, width).CopyTo(new Span<float>(c.At(i, 0), width));
        }
    }
}
