using System.Runtime.CompilerServices;
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
            var x = Vector512.Create(a[0]);
            c000 = Vector512.FusedMultiplyAdd(x, b0, c000);
            c001 = Vector512.FusedMultiplyAdd(x, b1, c001);
            x = Vector512.Create(a[aRow]);
            c010 = Vector512.FusedMultiplyAdd(x, b0, c010);
            c011 = Vector512.FusedMultiplyAdd(x, b1, c011);
            x = Vector512.Create(a[2 * aRow]);
            c020 = Vector512.FusedMultiplyAdd(x, b0, c020);
            c021 = Vector512.FusedMultiplyAdd(x, b1, c021);
            x = Vector512.Create(a[3 * aRow]);
            c030 = Vector512.FusedMultiplyAdd(x, b0, c030);
            c031 = Vector512.FusedMultiplyAdd(x, b1, c031);
            x = Vector512.Create(a[4 * aRow]);
            c040 = Vector512.FusedMultiplyAdd(x, b0, c040);
            c041 = Vector512.FusedMultiplyAdd(x, b1, c041);
            x = Vector512.Create(q[0]);
            c050 = Vector512.FusedMultiplyAdd(x, b0, c050);
            c051 = Vector512.FusedMultiplyAdd(x, b1, c051);
            x = Vector512.Create(q[aRow]);
            c060 = Vector512.FusedMultiplyAdd(x, b0, c060);
            c061 = Vector512.FusedMultiplyAdd(x, b1, c061);
            x = Vector512.Create(q[2 * aRow]);
            c070 = Vector512.FusedMultiplyAdd(x, b0, c070);
            c071 = Vector512.FusedMultiplyAdd(x, b1, c071);
            x = Vector512.Create(q[3 * aRow]);
            c080 = Vector512.FusedMultiplyAdd(x, b0, c080);
            c081 = Vector512.FusedMultiplyAdd(x, b1, c081);
            x = Vector512.Create(q[4 * aRow]);
            c090 = Vector512.FusedMultiplyAdd(x, b0, c090);
            c091 = Vector512.FusedMultiplyAdd(x, b1, c091);
            x = Vector512.Create(r[0]);
            c100 = Vector512.FusedMultiplyAdd(x, b0, c100);
            c101 = Vector512.FusedMultiplyAdd(x, b1, c101);
            x = Vector512.Create(r[aRow]);
            c110 = Vector512.FusedMultiplyAdd(x, b0, c110);
            c111 = Vector512.FusedMultiplyAdd(x, b1, c111);
            x = Vector512.Create(r[2 * aRow]);
            c120 = Vector512.FusedMultiplyAdd(x, b0, c120);
            c121 = Vector512.FusedMultiplyAdd(x, b1, c121);
            x = Vector512.Create(r[3 * aRow]);
            c130 = Vector512.FusedMultiplyAdd(x, b0, c130);
            c131 = Vector512.FusedMultiplyAdd(x, b1, c131);
            a += aStep;
            b += bStep;
        }

        c000.Store(c);
        c001.Store(c + n);
        c010.Store(c + stride);
        c011.Store(c + stride + n);
        c020.Store(c + 2 * stride);
        c021.Store(c + 2 * stride + n);
        c030.Store(c + 3 * stride);
        c031.Store(c + 3 * stride + n);
        c040.Store(c + 4 * stride);
        c041.Store(c + 4 * stride + n);
        c050.Store(c + 5 * stride);
        c051.Store(c + 5 * stride + n);
        c060.Store(c + 6 * stride);
        c061.Store(c + 6 * stride + n);
        c070.Store(c + 7 * stride);
        c071.Store(c + 7 * stride + n);
        c080.Store(c + 8 * stride);
        c081.Store(c + 8 * stride + n);
        c090.Store(c + 9 * stride);
        c091.Store(c + 9 * stride + n);
        c100.Store(c + 10 * stride);
        c101.Store(c + 10 * stride + n);
        c110.Store(c + 11 * stride);
        c111.Store(c + 11 * stride + n);
        c120.Store(c + 12 * stride);
        c121.Store(c + 12 * stride + n);
        c130.Store(c + 13 * stride);
        c131.Store(c + 13 * stride + n);
    }
}
