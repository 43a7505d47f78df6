namespace Fgsm.Defences;

/// <summary>
/// Random resizing and padding: each call shrinks the images to a random side and puts them at a random place on black. An attack
/// against one draw misses the next; <see cref="Expectation"/> attacks the mean of many.
/// Xie, Wang, Zhang, Ren, Yuille, "Mitigating Adversarial Effects Through Randomization", 2018, https://arxiv.org/abs/1711.01991.
/// <c>[N, C, H, W]</c> to the same shape. As in the paper's code a draw serves the whole batch and the nearest pixel is taken;
/// numbers come from torch's generator.
/// </summary>
/// <remarks>The paper enlarges 299x299 to at most 331x331; a network with a fixed input size needs images that do not grow.</remarks>
public sealed class RandomResizing : nn.Module<Tensor, Tensor>
{
    private readonly double smallest;

    /// <param name="smallest">The smallest side, as a share of the image's; above 0 and at most 1. 0.9 is the paper's 299 of 331.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is another.</exception>
    public RandomResizing(double smallest = 0.9) : base("RandomResizing") => this.smallest = smallest is > 0 and <= 1 ? smallest
        : throw new ArgumentOutOfRangeException(
            nameof(smallest), FormattableString.Invariant($"RandomResizing: smallest must be above 0 and at most 1, got {smallest}"));

    public override Tensor forward(Tensor input)
    {
        var (height, width) = (input.shape[2], input.shape[3]);
        using var numbers = rand(3);
        var draw = numbers.data<float>().ToArray();
        var scale = smallest + (1 - smallest) * draw[0];
        var (rows, columns) = (Math.Max(1, (long)(height * scale + 0.5)), Math.Max(1, (long)(width * scale + 0.5)));
        var (top, left) = ((long)(draw[1] * (height - rows + 1)), (long)(draw[2] * (width - columns + 1)));
        var small = input.index_select(2, Nearest(height, rows, input)).index_select(3, Nearest(width, columns, input));
        return nn.functional.pad(small, [left, width - columns - left, top, height - rows - top]);
    }

    private static Tensor Nearest(long from, long to, Tensor input) =>
        tensor([.. Enumerable.Range(0, (int)to).Select(i => i * from / to)]).to(input.device);
}
