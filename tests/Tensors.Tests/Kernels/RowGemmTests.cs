using System.Numerics;
using System.Runtime.Intrinsics;
using Fgsm.Tensors.Kernels;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Both widths of vectors, also the one that this machine does not use.</summary>
public unsafe class RowGemmTests
{
    public static TheoryData<int, int, int, bool> Cases()
    {
        var data = new TheoryData<int, int, int, bool>();
        foreach (var (m, n, k) in new[] { (1, 1, 1), (1, 300, 17), (3, 16, 8), (8, 531, 70), (2, 40, 0) })
            foreach (var transposed in new[] { false, true })
                data.Add(m, n, k, transposed);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_HaveTheBitsOfTheWholeChain(int m, int n, int k, bool transposed) =>
        Check<Vector<float>, Lanes>(m, n, k, transposed);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows512_HaveTheBitsOfTheWholeChain(int m, int n, int k, bool transposed) =>
        Check<Vector512<float>, Lanes512>(m, n, k, transposed);

    private static void Check<TVector, TLanes>(int m, int n, int k, bool transposed)
        where TVector : struct where TLanes : struct, ILanes<TVector>
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        // One row more each: an empty tensor has no address.
        var (a, b, c) = (randn(transposed ? [k + 1, m] : [m, k + 1]), randn(k + 1, n), full([m, n], float.NaN));
        var (rowStride, columnStride) = transposed ? (1, m) : (k + 1, 1);
        var expected = new float[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var t = 0; t < k; t++)
                    expected[i * n + j] =
                        MathF.FusedMultiplyAdd(a.Floats[i * rowStride + t * columnStride], b.Floats[t * n + j], expected[i * n + j]);

        RowGemm.Multiply<TVector, TLanes>(m, n, k, new(a.Floats, rowStride, columnStride), new(b.Floats, n, 1), new(c.Floats, n, 1));

        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), Bits.Of(c));
    }

    [Fact]
    public void AFewRows_HaveTheBitsOfManyRows()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var (a, b) = (randn(20, 90), randn(90, 150));

        Assert.Equal(Bits.Of(a.mm(b)[..8]), Bits.Of(a[..8].mm(b)));
    }
}
