using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels;

/// <summary>14 rows of two <see cref="Vector512{T}"/>: 28 of the 32 registers of AVX-512 hold sums.</summary>
internal readonly unsafe struct Tile14x2 : ITile
{
    public static int Rows => 14;
    public static int Columns => 32;

    [SkipLocalsInit]
    public static void Multiply(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint stride, bool accumulate)
    {
        Vector512<float> c000, c001, c010, c011, c020, c021, c030, c031, c040, c041, c050, c051, c060, c061;
        Vector512<float> c070, c071, c080, c081, c090, c091, c100, c101, c110, c111, c120, c121, c130, c131;
        const int n = 16;
        if (accumulate)
        {
            (c000, c001) = (Vector512.Load(c), Vector512.Load(c + n));
            (c010, c011) = (Vector512.Load(c + stride), Vector512.Load(c + stride + n));
            (c020, c021) = (Vector512.Load(c + 2 * stride), Vector512.Load(c + 2 * stride + n));
            (c030, c031) = (Vector512.Load(c + 3 * stride), Vector512.Load(c + 3 * stride + n));
            (c040, c041) = (Vector512.Load(c + 4 * stride), Vector512.Load(c + 4 * stride + n));
            (c050, c051) = (Vector512.Load(c + 5 * stride), Vector512.Load(c + 5 * stride + n));
            (c060, c061) = (Vector512.Load(c + 6 * stride), Vector512.Load(c + 6 * stride + n));
            (c070, c071) = (Vector512.Load(c + 7 * stride), Vector512.Load(c + 7 * stride + n));
            (c080, c081) = (Vector512.Load(c + 8 * stride), Vector512.Load(c + 8 * stride + n));
            (c090, c091) = (Vector512.Load(c + 9 * stride), Vector512.Load(c + 9 * stride + n));
            (c100, c101) = (Vector512.Load(c + 10 * stride), Vector512.Load(c + 10 * stride + n));
            (c110, c111) = (Vector512.Load(c + 11 * stride), Vector512.Load(c + 11 * stride + n));
            (c120, c121) = (Vector512.Load(c + 12 * stride), Vector512.Load(c + 12 * stride + n));
            (c130, c131) = (Vector512.Load(c + 13 * stride), Vector512.Load(c + 13 * stride + n));
        }
        else
        {
            c000 = c001 = c010 = c011 = c020 = c021 = c030 = c031 = c040 = c041 = c050 = c051 = c060 = c061 = Vector512<float>.Zero;
            c070 = c071 = c080 = c081 = c090 = c091 = c100 = c101 = c110 = c111 = c120 = c121 = c130 = c131 = Vector512<float>.Zero;
        }

        for (var k = 0; k < depth; k++)
        {
            var (b0, b1) = (Vector512.Load(b), Vector512.Load(b + n));
            var q = a + 5 * aRow;
            var r = q + 5 * aRow;
            Add(a[0], b0, b1, ref c000, ref c001);
            Add(a[aRow], b0, b1, ref c010, ref c011);
            Add(a[2 * aRow], b0, b1, ref c020, ref c021);
            Add(a[3 * aRow], b0, b1, ref c030, ref c031);
            Add(a[4 * aRow], b0, b1, ref c040, ref c041);
            Add(q[0], b0, b1, ref c050, ref c051);
            Add(q[aRow], b0, b1, ref c060, ref c061);
            Add(q[2 * aRow], b0, b1, ref c070, ref c071);
            Add(q[3 * aRow], b0, b1, ref c080, ref c081);
            Add(q[4 * aRow], b0, b1, ref c090, ref c091);
            Add(r[0], b0, b1, ref c100, ref c101);
            Add(r[aRow], b0, b1, ref c110, ref c111);
            Add(r[2 * aRow], b0, b1, ref c120, ref c121);
            Add(r[3 * aRow], b0, b1, ref c130, ref c131);
            a += aStep;
            b += bStep;
        }

        Store(c000, c001, c);
        Store(c010, c011, c + stride);
        Store(c020, c021, c + 2 * stride);
        Store(c030, c031, c + 3 * stride);
        Store(c040, c041, c + 4 * stride);
        Store(c050, c051, c + 5 * stride);
        Store(c060, c061, c + 6 * stride);
        Store(c070, c071, c + 7 * stride);
        Store(c080, c081, c + 8 * stride);
        Store(c090, c091, c + 9 * stride);
        Store(c100, c101, c + 10 * stride);
        Store(c110, c111, c + 11 * stride);
        Store(c120, c121, c + 12 * stride);
        Store(c130, c131, c + 13 * stride);
    }

    /// <summary>One row's product with one row of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float a, Vector512<float> b0, Vector512<float> b1, ref Vector512<float> c0, ref Vector512<float> c1)
    {
        var x = Vector512.Create(a);
        c0 = Vector512.FusedMultiplyAdd(x, b0, c0);
        c1 = Vector512.FusedMultiplyAdd(x, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> c0, Vector512<float> c1, float* c)
    {
        c0.Store(c);
        c1.Store(c + Vector512<float>.Count);
    }
}
