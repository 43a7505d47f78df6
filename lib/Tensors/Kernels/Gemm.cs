using System.Numerics;
using System.Runtime.Intrinsics;

namespace Fgsm.Tensors;

/// <summary>A matrix in memory: element (i, j) is at <c>i * RowStride + j * ColumnStride</c>.</summary>
internal readonly unsafe record struct Matrix(nint Address, nint RowStride, nint ColumnStride)
{
    public Matrix(float* data, nint rowStride, nint columnStride) : this((nint)data, rowStride, columnStride) { }
    public float* Data => (float*)Address;
    public Matrix T => new(Address, ColumnStride, RowStride);
    public float* At(int i, int j) => Data + i * RowStride + j * ColumnStride;
}

/// <summary>Matrix products, packed and blocked for the caches. Each element is one chain of fused multiply-adds in ascending k.</summary>
internal static unsafe class Gemm
{
    // A panel of B (Depth x Tiles.Columns) stays in the first-level cache, a block of A (Rows x Depth) and a group of panels
    // (Depth x Columns) in the second. Rows is a multiple of every tile's.
    private const int Depth = 256;
    private const int Rows = 168;
    private const int Columns = 64;

    /// <summary>C[m, n] (+)= A[m, k] B[k, n], on all cores; C's rows are contiguous.</summary>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c, bool accumulate = false)
    {
        if (m == 0 || n == 0)
            return;
        using var packed = new Scratch<float>(PackedLength(m, k));
        var target = packed.Pointer;
        var panels = (m + Tiles.Rows - 1) / Tiles.Rows;
        Threads.Ranges(panels, Math.Max(1, 4096 / Math.Max(1, k)), (first, last) => PackRows(Math.Min(m, last * Tiles.Rows), k, a, target, first));
        MultiplyPacked(m, n, k, target, b, c, accumulate);
    }

    public static int PackedLength(int rows, int depth) => (rows + Tiles.Rows - 1) / Tiles.Rows * Tiles.Rows * depth;

    /// <summary>Packs rows of A, from panel <paramref name="first"/> on, as the tiles read them: panel by panel, k by k, the rows side by side.</summary>
    public static void PackRows(int m, int k, Matrix a, float* packed, int first = 0)
    {
        for (var i = first * Tiles.Rows; i < m; i += Tiles.Rows)
            Pack(Math.Min(Tiles.Rows, m - i), Tiles.Rows, k, a.At(i, 0), a.RowStride, a.ColumnStride, packed + (nint)i * k);
    }

    /// <summary>C (+)= A B with A packed before, on all cores.</summary>
    public static void MultiplyPacked(int m, int n, int k, float* a, Matrix b, Matrix c, bool accumulate)
    {
        // Enough pieces for all threads, also when B has few columns.
        var (wanted, panels) = (4 * Threads.Count, (n + Tiles.Columns - 1) / Tiles.Columns);
        var width = Math.Clamp(panels / wanted, 1, Columns / Tiles.Columns) * Tiles.Columns;
        var groups = (n + width - 1) / width;
        var height = groups >= wanted ? m : Tiles.Round(Math.Max(1, m * groups / wanted), Tiles.Rows);
        var blocks = (m + height - 1) / height;
        Threads.For(groups * blocks, piece =>
        {
            var (row, column) = (piece % blocks * height, piece / blocks * width);
            Multiply(row, Math.Min(m, row + height), column, Math.Min(n, column + width), k, a, b, c, accumulate);
        });
    }

    /// <summary>Some rows and columns of C.</summary>
    private static void Multiply(int top, int bottom, int left, int right, int k, float* a, Matrix b, Matrix c, bool accumulate)
    {
        using var scratch = new Scratch<float>(Depth * Tiles.Round(right - left, Tiles.Columns));
        for (var start = 0; start < k || start == 0; start += Depth)
        {
            var depth = Math.Min(Depth, k - start);
            for (var j = left; j < right; j += Tiles.Columns)
                Pack(Math.Min(Tiles.Columns, right - j), Tiles.Columns, depth, b.At(start, j), b.ColumnStride, b.RowStride, scratch.Pointer + (j - left) * depth);
            for (var block = top; block < bottom; block += Rows)
                for (var j = left; j < right; j += Tiles.Columns)
                    for (var i = block; i < Math.Min(bottom, block + Rows); i += Tiles.Rows)
                        Tile(Math.Min(Tiles.Rows, bottom - i), Math.Min(Tiles.Columns, right - j), depth, a + (nint)i * k + (nint)start * Tiles.Rows, scratch.Pointer + (j - left) * depth, c.At(i, j), c.RowStride, accumulate || start > 0);
        }
    }

    /// <summary>One tile of packed operands; of a tile at the edge of C only the part inside is written.</summary>
    private static void Tile(int rows, int columns, int depth, float* a, float* b, float* c, nint stride, bool accumulate)
    {
        if (rows == Tiles.Rows && columns == Tiles.Columns)
        {
            Tiles.Multiply(depth, a, 1, Tiles.Rows, null, b, Tiles.Columns, c, stride, accumulate);
            return;
        }
        var whole = stackalloc float[Tiles.Rows * Tiles.Columns];
        if (accumulate)
            for (var i = 0; i < rows; i++)
                new ReadOnlySpan<float>(c + i * stride, columns).CopyTo(new Span<float>(whole + i * Tiles.Columns, columns));
        Tiles.Multiply(depth, a, 1, Tiles.Rows, null, b, Tiles.Columns, whole, Tiles.Columns, accumulate);
        for (var i = 0; i < rows; i++)
            new ReadOnlySpan<float>(whole + i * Tiles.Columns, columns).CopyTo(new Span<float>(c + i * stride, columns));
    }

    /// <summary>
    /// packed[k, i] = source[i * step + k * deep] for i below <paramref name="count"/>, 0 up to <paramref name="width"/>.
    /// </summary>
    public static void Pack(int count, int width, int depth, float* source, nint step, nint deep, float* packed)
    {
        if (step == 1 && count == width && width % Vector<float>.Count == 0)
        {
            for (var k = 0; k < depth; k++)
                for (var column = 0; column < width; column += Vector<float>.Count)
                    Vector.Load(source + k * deep + column).Store(packed + k * width + column);
            return;
        }
        if (step == 1)
        {
            for (var k = 0; k < depth; k++)
            {
                var from = source + k * deep;
                var to = packed + k * width;
                new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, width));
                new Span<float>(to + count, width - count).Clear();
            }
            return;
        }
        var i = 0;
        if (deep == 1 && count >= 4)
            // The last four overlap those before: what is written twice is the same.
            for (; i < count; i = i < count - 4 ? Math.Min(i + 4, count - 4) : count)
                Transpose4(depth, source + i * step, step, packed + i, width);
        for (; i < width; i++)
            for (var k = 0; k < depth; k++)
                packed[k * width + i] = i < count ? source[i * step + k * deep] : 0;
    }

    private static void Transpose4(int depth, float* source, nint step, float* packed, int width)
    {
        var k = 0;
        for (; k <= depth - 4; k += 4)
        {
            var (r0, r1) = (Vector128.Load(source + k), Vector128.Load(source + step + k));
            var (r2, r3) = (Vector128.Load(source + 2 * step + k), Vector128.Load(source + 3 * step + k));
            Shuffles.Transpose(ref r0, ref r1, ref r2, ref r3);
            r0.Store(packed + k * width);
            r1.Store(packed + (k + 1) * width);
            r2.Store(packed + (k + 2) * width);
            r3.Store(packed + (k + 3) * width);
        }
        for (; k < depth; k++)
            for (var i = 0; i < 4; i++)
                packed[k * width + i] = source[i * step + k];
    }
}
