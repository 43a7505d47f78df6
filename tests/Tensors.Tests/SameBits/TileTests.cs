using Fgsm.Tensors.Kernels;

namespace Fgsm.Tensors.Tests;

/// <summary>Both tiles, also the one that this machine does not use: without AVX-512, .NET runs Vector512 as two Vector256.</summary>
public unsafe class TileTests
{
    public static TheoryData<int, bool> Cases()
    {
        var data = new TheoryData<int, bool>();
        foreach (var depth in new[] { 1, 2, 3, 25, 64, 255, 800 })
            foreach (var accumulate in new[] { false, true })
                data.Add(depth, accumulate);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tile14x2_IsOneChainOfFusedMultiplyAdds(int depth, bool accumulate) => Check<Tile14x2>(depth, accumulate);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tile6x2_IsOneChainOfFusedMultiplyAdds(int depth, bool accumulate) => Check<Tile6x2>(depth, accumulate);

    private static void Check<TTile>(int depth, bool accumulate) where TTile : struct, ITile
    {
        var (rows, columns) = (TTile.Rows, TTile.Columns);
        var (aRow, aStep, bStep, stride) = (depth + 2, 1, columns + 3, columns + 5);
        var a = Random(rows * aRow, 1);
        var b = Random(depth * bStep, 2);
        var c = Random(rows * stride, 3);

        var expected = (float[])c.Clone();
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                var sum = accumulate ? c[i * stride + j] : 0;
                for (var k = 0; k < depth; k++)
                    sum = MathF.FusedMultiplyAdd(a[i * aRow + k * aStep], b[k * bStep + j], sum);
                expected[i * stride + j] = sum;
            }

        fixed (float* pa = a, pb = b, pc = c)
            TTile.Multiply(depth, pa, aRow, aStep, pb, bStep, pc, stride, accumulate);
        // With what lies between the rows of c, which stays.
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), c.Select(BitConverter.SingleToInt32Bits));
    }

    private static float[] Random(int count, ulong seed)
    {
        var values = new float[count];
        new Generator(seed).FillUniform(values, -1, 1);
        return values;
    }
}
