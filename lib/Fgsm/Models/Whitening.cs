namespace Fgsm.Models;

/// <summary>
/// Filters whose outputs over small patches of some images have no correlation and variance 1: the eigenvectors of the patches'
/// covariance, each divided by the root of its eigenvalue, and the same with the other sign.
/// </summary>
internal static class Whitening
{
    // All patches of 5,000 images of CIFAR-10 would be 230 MB, several times over.
    private const int AtOnce = 250;

    /// <summary><c>[2 * C * size * size, C, size, size]</c></summary>
    /// <param name="images"><c>[N, C, H, W]</c></param>
    /// <param name="size">The side of a patch.</param>
    /// <param name="eps">Added to the eigenvalues, so that directions in which nothing varies are not blown up.</param>
    public static Tensor Filters(Tensor images, int size, double eps = 5e-4)
    {
        var (channels, height, width) = ((int)images.shape[1], images.shape[2] - size + 1, images.shape[3] - size + 1);
        var count = channels * size * size;
        var (covariance, patches) = (new double[count * count], images.shape[0] * height * width);
        for (var start = 0; start < images.shape[0]; start += AtOnce)
        {
            using var scope = NewDisposeScope();
            var some = images[start..(int)Math.Min(images.shape[0], start + AtOnce)];
            var offsets = from channel in Enumerable.Range(0, channels)
                          from row in Enumerable.Range(0, size)
                          from column in Enumerable.Range(0, size)
                          select some.narrow(1, channel, 1).narrow(2, row, height).narrow(3, column, width).reshape(-1);
            var values = stack(offsets);
            var products = values.matmul(values.t()).cpu().data<float>().ToArray();
            for (var i = 0; i < products.Length; i++)
                covariance[i] += products[i] / (double)patches;
        }
        var (eigenvalues, vectors) = Eigen(covariance, count);
        var filters = new float[2 * count * count];
        foreach (var (i, value) in eigenvalues.Index())
            for (var j = 0; j < count; j++)
            {
                var weight = (float)(vectors[j * count + i] / Math.Sqrt(value + eps));
                (filters[i * count + j], filters[(count + i) * count + j]) = (weight, -weight);
            }
        return tensor(filters, [2 * count, channels, size, size]).to(images.device);
    }

    /// <summary>
    /// Eigenvalues of a symmetric matrix, the largest first, and its eigenvectors as columns, by Jacobi's rotations (Golub, Van Loan,
    /// "Matrix Computations", algorithm 8.5.2). The sign of a vector makes its largest element positive.
    /// </summary>
    internal static (double[] Values, double[] Vectors) Eigen(double[] matrix, int n)
    {
        var (a, v) = ((double[])matrix.Clone(), new double[n * n]);
        for (var i = 0; i < n; i++)
            v[i * n + i] = 1;
        for (var sweep = 0; sweep < 30; sweep++)
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (Math.Abs(a[p * n + q]) <= 1e-300)
                        continue;
                    var tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                    var t = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + tau * tau));
                    var c = 1 / Math.Sqrt(1 + t * t);
                    for (var k = 0; k < n; k++)
                        (a[k * n + p], a[k * n + q]) = Rotate(a[k * n + p], a[k * n + q], c, t * c);
                    for (var k = 0; k < n; k++)
                        (a[p * n + k], a[q * n + k]) = Rotate(a[p * n + k], a[q * n + k], c, t * c);
                    for (var k = 0; k < n; k++)
                        (v[k * n + p], v[k * n + q]) = Rotate(v[k * n + p], v[k * n + q], c, t * c);
                }
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => a[i * n + i])];
        var vectors = new double[n * n];
        foreach (var (column, from) in order.Index())
        {
            var sign = Math.Sign(Enumerable.Range(0, n).Select(k => v[k * n + from]).MaxBy(Math.Abs));
            for (var k = 0; k < n; k++)
                vectors[k * n + column] = sign * v[k * n + from];
        }
        return ([.. order.Select(i => a[i * n + i])], vectors);

        static (double, double) Rotate(double x, double y, double c, double s) => (c * x - s * y, s * x + c * y);
    }
}
