using Fgsm.Models;

namespace Fgsm.Tests;

public class WhiteningTests
{
    /// <summary>Images of correlated noise: after the filters every channel has mean square 1, and no two are correlated.</summary>
    [Fact]
    public void Filters_GiveUncorrelatedOutputsOfVariance1_InBothSigns()
    {
        manual_seed(1);
        var noise = randn(50, 3, 18, 18);
        var images = noise + noise.narrow(1, 0, 1) * 2 + nn.functional.avg_pool2d(noise, 3, stride: 1, padding: 1) * 4;

        var filters = Whitening.Filters(images, 2, eps: 0);

        Assert.Equal([24L, 3, 2, 2], filters.shape);
        var outputs = nn.functional.conv2d(images, filters).permute(1, 0, 2, 3).reshape(24, -1);
        var covariance = (outputs.matmul(outputs.t()) / (float)outputs.shape[1]).Floats();
        for (var i = 0; i < 24; i++)
            for (var j = 0; j < 24; j++)
                Assert.Equal(i == j ? 1 : i % 12 == j % 12 ? -1 : 0, covariance[i * 24 + j], 2e-3f);
    }

    /// <summary>By definition: A v = value * v, the vectors orthonormal, the values in order; also where some are equal or 0.</summary>
    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 5)]
    [InlineData(3, 2)]
    public void Eigen_GivesOrthonormalVectorsThatTheMatrixStretches(long seed, int rank)
    {
        const int n = 12;
        manual_seed(seed);
        var root = randn(n, rank).Floats();
        double[] matrix = [.. Enumerable.Range(0, n * n).Select(k => Enumerable.Range(0, rank).Sum(r => (double)root[k / n * rank + r] * root[k % n * rank + r]))];

        var (values, vectors) = Whitening.Eigen(matrix, n);

        Assert.Equal(values.OrderDescending(), values);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => vectors[k * n + i] * vectors[k * n + j]), 1e-10);
                Assert.Equal(values[i] * vectors[j * n + i], Enumerable.Range(0, n).Sum(k => matrix[j * n + k] * vectors[k * n + i]), 1e-8);
            }
        Assert.Equal(matrix.Where((_, k) => k / n == k % n).Sum(), values.Sum(), 1e-8);
    }
}
