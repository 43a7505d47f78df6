using System.Runtime.Intrinsics.X86;

namespace Fgsm.Tensors.Kernels;

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

    /// <summary>C[m, n] = A[m, k] B[k, n], on all cores; C's rows are contiguous.</summary>
    public static void Multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c)
    {
        if (m == 0 || n == 0)
            return;
        if (SparseGemm.Suits(m, n, k, a, b))
            SparseGemm.Multiply(m, n, k, a, b, c);
        else
            MultiplyDense(m, n, k, a, b, c);
    }

    /// <summary>The same, also where most of A is zero.</summary>
    public static void MultiplyDense(int m, int n, int k, Matrix a, Matrix b, Matrix c)
    {
        if (RowGemm.Suits(m, b))
        {
            RowGemm.Multiply(m, n, k, a, b, c);
            return;
        }
        using var packed = new Scratch<float>(PackedLength(m, k));
        var target = packed.Pointer;
        var panels = (m + Tiles.Rows - 1) / Tiles.Rows;
        Threads.Ranges(
            panels, Math.Max(1, 4096 / Math.Max(1, k)), (first, last) => PackRows(Math.Min(m, last * Tiles.Rows), k, a, target, first));
        MultiplyPacked(m, n, k, target, b, c, accumulate: false);
    }

    /// <summary>target[column, row] = source[row, column]; the rows of both are contiguous.</summary>
    public static void Transpose(int rows, int columns, float* source, float* target) => Threads.Ranges(rows, 64, (first, last) =>
    {
        // The last four rows overlap those before: what is written twice is the same.
        var i = first;
        if (last - first >= 4)
            for (; i < last; i = i < last - 4 ? Math.Min(i + 4, last - 4) : last)
                Transpose4(columns, source + (nint)i * columns, columns, target + i, rows);
        for (; i < last; i++)
            for (var j = 0; j < columns; j++)
                target[(nint)j * rows + i] = source[(nint)i * columns + j];
    });

    public static int PackedLength(int rows, int depth) => (rows + Tiles.Rows - 1) / Tiles.Rows * Tiles.Rows * depth;

    /// <summary>
    /// Packs rows of A, from panel <paramref name="first"/> on, as the tiles read them: panel by panel, k by k, the rows side by side.
    /// </summary>
    public static void PackRows(int m, int k, Matrix a, float* packed, int first = 0)
    {
        for (var i = first * Tiles.Rows; i < m; i += Tiles.Rows)
            Pack(Math.Min(Tiles.Rows, m - i), Tiles.Rows, k, a.At(i, 0), a.RowStride, a.ColumnStride, packed + (nint)i * k);
    }

    /// <summary>C (+)= A B with A packed before, on all cores.</summary>
    public static void MultiplyPacked(int m, int n, int k, float* a, Matrix b, Matrix c, bool accumulate)
    {
        // Enough pieces for all threads, also when B has few columns.
        var panels = (n + Tiles.Columns - 1) / Tiles.Columns;
        var width = Math.Max(1, panels / (8 * Threads.Count)) * Tiles.Columns;
        var (columns, wanted) = ((n + width - 1) / width, 4 * Threads.Count);
        var height = columns >= wanted ? m : Tiles.Round(Math.Max(1, m * columns / wanted), Tiles.Rows);
        var rows = (m + height - 1) / height;
        Threads.For(columns * rows, piece =>
        {
            var (top, left) = (piece % rows * height, piece / rows * width);
            Multiply(top, Math.Min(m, top + height), left, Math.Min(n, left + width), k, a, b, c, accumulate);
        });
    }

    /// <summary>Some rows and columns of C.</summary>
    private static void Multiply(int top, int bottom, int left, int right, int k, float* a, Matrix b, Matrix c, bool accumulate)
    {
        using var scratch = new Scratch<float>(Depth * Columns);
        var (group, start) = (left, 0);
        while (group < right)
        {
            var (depth, end) = (Math.Min(Depth, k - start), Math.Min(right, group + Columns));
            var (nextGroup, nextStart) = start + depth < k ? (group, start + depth) : (end, 0);
            var tiles = (bottom - top + Tiles.Rows - 1) / Tiles.Rows * ((end - group + Tiles.Columns - 1) / Tiles.Columns);
            var ahead = new Ahead(b, nextStart, Math.Min(Depth, k - nextStart), nextGroup, Math.Min(right, nextGroup + Columns), tiles);
            for (var j = group; j < end; j += Tiles.Columns)
                Pack(Math.Min(Tiles.Columns, end - j), Tiles.Columns, depth, b.At(start, j), b.ColumnStride, b.RowStride,
                    scratch.Pointer + (j - group) * depth);
            for (var block = top; block < bottom; block += Rows)
                for (var j = group; j < end; j += Tiles.Columns)
                    Column(block, Math.Min(bottom, block + Rows), Math.Min(Tiles.Columns, end - j), depth, a + (nint)start * Tiles.Rows, k,
                        scratch.Pointer + (j - group) * depth, c with { Address = (nint)c.At(0, j) }, accumulate || start > 0, ref ahead);
            (group, start) = (nextGroup, nextStart);
        }
    }

    /// <summary>Some tiles one below the other.</summary>
    private static void Column(
        int top, int bottom, int width, int depth, float* a, int k, float* b, Matrix c, bool accumulate, ref Ahead ahead)
    {
        for (var i = top; i < bottom; i += Tiles.Rows)
        {
            ahead.Fetch();
            Tile(Math.Min(Tiles.Rows, bottom - i), width, depth, a + (nint)i * k, b, c.At(i, 0), c.RowStride, accumulate);
        }
    }

    /// <summary>Brings the part of B that is packed next into the cache, a few lines with each tile.</summary>
    internal struct Ahead
    {
        private const int Line = 16;

        private readonly nint stride;
        private readonly int length;
        private readonly int each;
        private float* source;
        private int outer;
        private int inner;

        public Ahead(Matrix b, int row, int rows, int left, int right, int tiles)
        {
            source = b.At(row, left);
            (outer, length, stride) = b.ColumnStride == 1 ? (rows, right - left, b.RowStride) : (right - left, rows, b.ColumnStride);
            each = (outer * length / Line + tiles - 1) / tiles;
        }

        public void Fetch()
        {
            if (!Sse.IsSupported)
                return;
            for (var i = 0; i < each && outer > 0; i++)
            {
                Sse.Prefetch1(source + inner);
                inner += Line;
                if (inner < length)
                    continue;
                inner = 0;
                outer--;
                source += stride;
            }
        }
    }

    /// <summary>One tile of packed operands; of a tile at the edge of C only the part inside is written.</summary>
    private static void Tile(int rows, int columns, int depth, float* a, float* b, float* c, nint stride, bool accumulate)
    {
        if (rows == Tiles.Rows && columns == Tiles.Columns)
        {
            Tiles.Multiply(depth, a, 1, Tiles.Rows, b, Tiles.Columns, c, stride, accumulate);
            return;
        }
        var whole = stackalloc float[Tiles.Rows * Tiles.Columns];
        if (accumulate)
            for (var i = 0; i < rows; i++)
                new ReadOnlySpan<float>(c + i * stride, columns).CopyTo(new Span<float>(whole + i * Tiles.Columns, columns));
        Tiles.Multiply(depth, a, 1, Tiles.Rows, b, Tiles.Columns, whole, Tiles.Columns, accumulate);
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
        if (deep == 1 && depth >= 4 && Avx.IsSupported)
            for (; i <= count - 8; i += 8)
                for (int k = 0, last = depth - 4; k <= last; k = k == last ? depth : Math.Min(k + 4, last))
                    Shuffles.Transpose8(source + i * step + k, step, packed + k * width + i, width);
        if (deep == 1 && count - i >= 4)
            // The last four overlap those before: what is written twice is the same.
            for (; i < count; i = i < count - 4 ? Math.Min(i + 4, count - 4) : count)
                Transpose4(depth, source + i * step, step, packed + i, width);
        for (; i < width; i++)
            for (var k = 0; k < depth; k++)
                packed[k * width + i] = i < count ? source[i * step + k * deep] : 0;
    }

    private static void Transpose4(int depth, float* source, nint step, float* packed, nint width)
    {
        if (depth >= 4)
            // The last block overlaps the one before: what is written twice is the same.
            for (int k = 0, last = depth - 4; k <= last; k = k == last ? depth : Math.Min(k + 4, last))
                Shuffles.Transpose(source + k, step, packed + k * width, width);
        else
            for (var k = 0; k < depth; k++)
                for (var i = 0; i < 4; i++)
                    packed[k * width + i] = source[i * step + k];
    }
}
