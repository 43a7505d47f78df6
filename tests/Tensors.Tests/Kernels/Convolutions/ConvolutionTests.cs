using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public class ConvolutionTests
{
    /// <summary>
    /// More groups of images than are summed at once, so that the later are added to the first; how many that is depends on the threads.
    /// </summary>
    [Theory]
    [InlineData(3, 1)] // By Winograd's method.
    [InlineData(5, 2)] // Directly.
    public void TheWeightGradientOfManyImages_IsTheSumOfItsParts_WithTheSameBitsOnAnyNumberOfThreads(int kernel, int stride)
    {
        const int images = 400;
        using var scope = NewDisposeScope();
        manual_seed(5);
        var x = randn(images, 64, 7, 7);
        var w = randn(96, 64, kernel, kernel).requires_grad_();
        var upstream = randn(nn.functional.conv2d(x, w, strides: [stride], padding: [1]).shape);
        Tensor Gradient(int first, int last) =>
            autograd.grad([nn.functional.conv2d(x[first..last], w, strides: [stride], padding: [1])], [w], [upstream[first..last]])[0];

        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            var whole = Gradient(0, images);
            var parts = Enumerable.Range(0, 20).Select(i => Gradient(20 * i, 20 * (i + 1))).Aggregate((sum, part) => sum + part);
            Assert.InRange((whole - parts).abs().max().item<float>() / parts.abs().max().item<float>(), 0, 2e-5f);
            foreach (var threads in new[] { 2, 3, 7 })
            {
                set_num_threads(threads);
                Assert.Equal(Bits.Of(whole), Bits.Of(Gradient(0, images)));
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Theory]
    [InlineData(8, 3, 1, 1)] // By Winograd's method.
    [InlineData(128, 3, 1, 1)] // The same, point by point.
    [InlineData(8, 5, 2, 1)] // Directly.
    [InlineData(8, 3, 1, 8)] // Depthwise.
    public void TheWeightGradientOfNoImages_Is0(int channels, int kernel, int stride, int groups)
    {
        using var scope = NewDisposeScope();
        var w = randn(channels, channels / groups, kernel, kernel).requires_grad_();
        Tensor Gradient(int images) => autograd.grad(
            [nn.functional.conv2d(randn(images, channels, 7, 7), w, strides: [stride], padding: [1], groups: groups).sum()], [w])[0];
        // The memory that it leaves is taken again.
        Assert.NotEqual(0f, Gradient(4).abs().max().item<float>());

        Assert.Equal(0f, Gradient(0).abs().max().item<float>());
    }
}
