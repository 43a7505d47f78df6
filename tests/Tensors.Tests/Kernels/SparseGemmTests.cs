using System.Numerics;
using System.Runtime.Intrinsics;
using Fgsm.Tensors.Kernels;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Both strips, also the one that this machine does not use: without AVX-512, .NET runs Vector512 as two Vector256.</summary>
public unsafe class SparseGemmTests
{
    public static TheoryData<int, int, int, double, bool> Cases()
    {
        var data = new TheoryData<int, int, int, double, bool>();
        foreach (var (m, n, k) in new[] { (1, 128, 1), (16, 1, 5), (37, 200, 70), (130, 128, 64), (20, 300, 129) })
            foreach (var density in new[] { 0, 0.3, 1 })
                foreach (var transposed in new[] { false, true })
                    data.Add(m, n, k, density, transposed);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Strip_HasTheBitsOfTheWholeChain(int m, int n, int k, double density, bool transposed) =>
        Check<Vector<float>, Lanes>(m, n, k, density, transposed);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Strip512_HasTheBitsOfTheWholeChain(int m, int n, int k, double density, bool transposed) =>
        Check<Vector512<float>, Lanes512>(m, n, k, density, transposed);

    private static void Check<TVector, TLanes>(int m, int n, int k, double density, bool transposed)
        where TVector : struct where TLanes : struct, ILanes<TVector>
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (a, b) = (Sparse(transposed ? [k, m] : [m, k], density), randn(k, n));
        var (rowStride, columnStride) = transposed ? (1, m) : (k, 1);
        var expected = new float[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var t = 0; t < k; t++)
                    expected[i * n + j] =
                        MathF.FusedMultiplyAdd(a.Floats[i * rowStride + t * columnStride], b.Floats[t * n + j], expected[i * n + j]);

        var c = full([m, n], float.NaN);
        SparseGemm.Multiply<TVector, TLanes>(m, n, k, new(a.Floats, rowStride, columnStride), new(b.Floats, n, 1), new(c.Floats, n, 1));

        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), Bits.Of(c));
    }

    [Fact]
    public void RowsOfASparseProduct_HaveTheBitsOfDenseOnes()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (a, b) = (Sparse([20, 90], 0.3), randn(90, 150));
        Assert.True(Suits(a, b));
        Assert.False(Suits(a[..1], b));

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => Bits.Of(a[i..(i + 1)].mm(b))), Bits.Of(a.mm(b)));
    }

    [Fact]
    public void AnElementThatIsNaN_IsNoZero()
    {
        using var scope = NewDisposeScope();
        var a = zeros(20, 90);
        a[3, 5] = tensor(float.NaN);
        var b = ones(90, 150);
        Assert.True(Suits(a, b));

        var nan = a.mm(b).isnan().data<bool>().ToArray();

        Assert.Equal(Enumerable.Range(0, 20 * 150).Select(i => i / 150 == 3), nan);
    }

    [Fact]
    public void OnlyMostlyZeroLeftFactors_AreSparse()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var b = randn(90, 150);
        Assert.True(Suits(Sparse([40, 90], 0.4), b));
        Assert.False(Suits(Sparse([40, 90], 0.8), b));
        Assert.False(Suits(zeros(40, 0), zeros(0, 150)));
    }

    private static bool Suits(Tensor a, Tensor b) =>
        SparseGemm.Suits((int)a.shape[0], (int)b.shape[1], (int)b.shape[0], new(a.Floats, (int)a.shape[1], 1),
            new(b.Floats, (int)b.shape[1], 1));

    private static Tensor Sparse(long[] shape, double density) => randn(shape) * rand(shape).lt(density).to_type(ScalarType.Float32);
}
