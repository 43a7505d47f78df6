using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>
/// Matrix products of few rows, as of a small batch: the time is that of reading B, so B is read once, where it lies. Each element of C
/// is the same chain of fused multiply-adds in ascending k as in <see cref="Gemm"/>.
/// </summary>
internal static unsafe class RowGemm
{
    private const int MostRows = 8;

    // A piece of C, MostRows x Columns, stays in the first-level cache beside Depth rows of B.
    private const int Columns = 256;
    private const int Depth = 8;

    /// <summary>Whether <see cref="Multiply"/> takes less time than packing. B's rows must be contiguous.</summary>
    public static bool Suits(int m, Matrix b) => m <= MostRows && b.ColumnStride == 1;

    /// <summary>C[m, n] = A[m, k] B[k, n], on all cores; the rows of B and C are contiguous.</summary>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c)
    {
        if (Tiles.Wide)
            Multiply<Vector512<float>, Lanes512>(m, n, k, a, b, c);
        else
            Multiply<Vector<float>, Lanes>(m, n, k, a, b, c);
    }

    public static void Multiply<TVector, TLanes>(int m, int n, int k, Matrix a, Matrix b, Matrix c)
        where TVector : struct where TLanes : struct, ILanes<TVector> => Threads.Ranges(n, Columns, (left, right) =>
    {
        for (var i = 0; i < m; i++)
            new Span<float>(c.At(i, left), right - left).Clear();
        for (var start = 0; start < k; start += Depth)
            for (var i = 0; i < m; i++)
                Add<TVector, TLanes>(Math.Min(Depth, k - start), right - left, a.At(i, start), a.ColumnStride, b.At(start, left),
                    b.RowStride, c.At(i, left));
    });

    /// <summary>c += the sum of some rows of b, each times an element of a.</summary>
    private static void Add<TVector, TLanes>(int depth, int width, float* a, nint aStep, float* b, nint bRow, float* c)
        where TVector : struct where TLanes : struct, ILanes<TVector>
    {
        var j = 0;
        if (depth == Depth)
        {
            var (x0, x1, x2, x3) = (TLanes.Create(a[0]), TLanes.Create(a[aStep]), TLanes.Create(a[2 * aStep]), TLanes.Create(a[3 * aStep]));
            var h = a + 4 * aStep;
            var (x4, x5, x6, x7) = (TLanes.Create(h[0]), TLanes.Create(h[aStep]), TLanes.Create(h[2 * aStep]), TLanes.Create(h[3 * aStep]));
            for (; j <= width - TLanes.Count; j += TLanes.Count)
            {
                var upper = b + j;
                var lower = upper + 4 * bRow;
                var sum = TLanes.MultiplyAdd(x0, TLanes.Load(upper), TLanes.Load(c + j));
                sum = TLanes.MultiplyAdd(x1, TLanes.Load(upper + bRow), sum);
                sum = TLanes.MultiplyAdd(x2, TLanes.Load(upper + 2 * bRow), sum);
                sum = TLanes.MultiplyAdd(x3, TLanes.Load(upper + 3 * bRow), sum);
                sum = TLanes.MultiplyAdd(x4, TLanes.Load(lower), sum);
                sum = TLanes.MultiplyAdd(x5, TLanes.Load(lower + bRow), sum);
                sum = TLanes.MultiplyAdd(x6, TLanes.Load(lower + 2 * bRow), sum);
                sum = TLanes.MultiplyAdd(x7, TLanes.Load(lower + 3 * bRow), sum);
                TLanes.Store(sum, c + j);
            }
        }
        for (; j < width; j++)
            for (var k = 0; k < depth; k++)
                c[j] = MathF.FusedMultiplyAdd(a[k * aStep], b[k * bRow + j], c[j]);
    }
}
