using Fgsm.Tensors.Kernels.Convolutions;
using Xunit.Abstractions;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

/// <summary>Winograd's method against a direct convolution in double precision.</summary>
public class WinogradTests(ITestOutputHelper output)
{
    /// <summary>
    /// Largest error relative to the largest element. 15 seeds show 9.8e-6, 1.1e-5 and 1.3e-5 for output, input and weight gradient.
    /// </summary>
    private const double Bound = 2e-5;

    // Outputs that are multiples of the tile and others, down to one pixel; channels that fill no tile; report B's and report E's second
    // layer.
    [Theory]
    [InlineData(1, 8, 8, 3, 3, 3, 0)]
    [InlineData(1, 8, 9, 7, 7, 3, 0)]
    [InlineData(2, 17, 8, 10, 6, 3, 2)]
    [InlineData(1, 40, 24, 13, 11, 3, 1)]
    [InlineData(10, 11, 13, 9, 14, 3, 1)]
    [InlineData(1, 32, 64, 26, 26, 3, 0)]
    [InlineData(1, 8, 8, 5, 5, 5, 0)]
    [InlineData(1, 9, 8, 9, 9, 5, 0)]
    [InlineData(2, 12, 40, 7, 13, 5, 1)]
    [InlineData(1, 33, 10, 11, 8, 5, 2)]
    [InlineData(10, 8, 19, 7, 9, 5, 2)]
    [InlineData(1, 32, 64, 14, 14, 5, 2)]
    // Many channels: point by point.
    [InlineData(3, 128, 128, 7, 9, 3, 1)]
    [InlineData(2, 131, 127, 4, 4, 3, 1)]
    [InlineData(2, 128, 130, 5, 6, 5, 2)]
    public void Winograd_IsWithinTheStatedError(int images, int channels, int filters, int height, int width, int kernel, int padding)
    {
        var shape = new Convolution(images, channels, height, width, filters, (kernel, kernel), (1, 1), (padding, padding));
        Assert.True(Winograd.Suits(shape));
        using var scope = NewDisposeScope();
        manual_seed(5);
        var x = randn(images, channels, height, width).requires_grad_();
        var w = randn(filters, channels, kernel, kernel).requires_grad_();
        var y = nn.functional.conv2d(x, w, padding: [padding]);
        var upstream = randn(y.shape);
        var gradients = autograd.grad([y], [x, w], [upstream]);

        var expected = new DirectConvolution(shape, Values(x), Values(w), Values(upstream));
        AssertClose("output", expected.Output, y);
        AssertClose("input gradient", expected.InputGradient, gradients[0]);
        AssertClose("weight gradient", expected.WeightGradient, gradients[1]);
    }

    /// <summary>More tiles than are transformed at once: the later ones are added to the first.</summary>
    [Fact]
    public void TheWeightGradientOfManyTiles_IsTheSumOfTheImagesOwn()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var x = randn(5, 8, 7, 60);
        var w = randn(2048, 8, 3, 3).requires_grad_();
        var upstream = randn(5, 2048, 7, 60);
        Tensor Gradient(Tensor x, Tensor upstream) =>
            autograd.grad([nn.functional.conv2d(x, w, padding: [1])], [w], [upstream])[0];

        var sum = new double[w.numel()];
        for (var image = 0; image < 5; image++)
            foreach (var (i, value) in Values(Gradient(x[image..(image + 1)], upstream[image..(image + 1)])).Index())
                sum[i] += value;

        AssertClose("weight gradient", sum, Gradient(x, upstream));
    }

    private void AssertClose(string what, double[] expected, Tensor actual)
    {
        var error = expected.Zip(Values(actual), (e, a) => Math.Abs(e - a)).Max() / expected.Max(Math.Abs);
        output.WriteLine(FormattableString.Invariant($"{what}: {error:e2}"));
        Assert.True(error <= Bound,
            FormattableString.Invariant($"The error of the {what} is {error:e2} of the largest element, above {Bound:e2}."));
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();

    /// <summary>The definition, in double precision, at stride 1.</summary>
    private sealed class DirectConvolution
    {
        public double[] Output { get; }
        public double[] InputGradient { get; }
        public double[] WeightGradient { get; }

        public DirectConvolution(Convolution shape, float[] x, float[] w, float[] upstream)
        {
            (Output, InputGradient, WeightGradient) = (new double[upstream.Length], new double[x.Length], new double[w.Length]);
            var (height, width) = shape.Output;
            for (var n = 0; n < shape.Images; n++)
                for (var o = 0; o < shape.Filters; o++)
                    for (var oy = 0; oy < height; oy++)
                        for (var ox = 0; ox < width; ox++)
                            for (var k = 0; k < shape.Depth; k++)
                            {
                                var (c, ky, kx) = (k / (shape.Kernel.Height * shape.Kernel.Width),
                                    k / shape.Kernel.Width % shape.Kernel.Height, k % shape.Kernel.Width);
                                var (iy, ix) = (oy + ky - shape.Padding.Height, ox + kx - shape.Padding.Width);
                                if (iy < 0 || iy >= shape.Height || ix < 0 || ix >= shape.Width)
                                    continue;
                                var (to, from, at) = (((n * shape.Filters + o) * height + oy) * width + ox,
                                    ((n * shape.Channels + c) * shape.Height + iy) * shape.Width + ix, o * shape.Depth + k);
                                Output[to] += (double)x[from] * w[at];
                                InputGradient[from] += (double)upstream[to] * w[at];
                                WeightGradient[at] += (double)upstream[to] * x[from];
                            }
        }
    }
}
