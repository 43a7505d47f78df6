namespace Fgsm.Certified;

/// <summary>
/// CROWN-IBP as tensors with gradients, for training: interval bounds of every layer, and one linear bound carried back from the logits
/// to the pixels. float32, and without the error terms of <see cref="Certificates"/>, which proves.
/// Zhang, Chen, Xiao, Gowal, Stanforth, Li, Boning, Hsieh, "Towards Stable and Efficient Training of Verifiably Robust Neural Networks",
/// 2020, https://arxiv.org/abs/1906.06316, section 3.2.
/// </summary>
internal static class LinearLogits
{
    /// <summary>As <see cref="IntervalLogits.Worst"/>, and tighter where eps is small.</summary>
    /// <param name="model">
    /// A Sequential that ends in a Linear layer, of Conv2d, Linear, ReLU, Normalize, Flatten, Dropout and Identity.
    /// </param>
    /// <param name="low">The lower ends of the pixels, <c>[N, C, H, W]</c>.</param>
    /// <param name="high">The upper ends.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    /// <exception cref="NotSupportedException">The model has another layer.</exception>
    public static Tensor Worst(nn.Module<Tensor, Tensor> model, Tensor low, Tensor high, Tensor y)
    {
        var parts = LayeredNetwork.Parts(model).ToList();
        var boxes = new List<(Tensor Low, Tensor High)> { (low, high) };
        foreach (var part in parts[..^1])
            boxes.Add(IntervalLogits.Propagate(part, boxes[^1].Low, boxes[^1].High));
        var (slope, constant) = IntervalLogits.Differences(parts[^1], y);
        for (var k = parts.Count - 2; k >= 0; k--)
        {
            (slope, constant) = Back(parts[k], boxes[k], boxes[k + 1], slope, constant);
            slope = slope.reshape([slope.shape[0], slope.shape[1], .. boxes[k].Low.shape[1..]]);
        }
        return constant + Sum(slope.clamp(min: 0) * high.unsqueeze(1) + slope.clamp(max: 0) * low.unsqueeze(1));
    }

    /// <summary>Over all but images and classes.</summary>
    private static Tensor Sum(Tensor values) => values.reshape(values.shape[0], values.shape[1], -1).sum(2);

    /// <summary>An upper bound linear in a layer's outputs, <c>[N, classes, …]</c>, as one linear in its inputs.</summary>
    private static (Tensor Slope, Tensor Constant) Back(
        nn.Module part, (Tensor Low, Tensor High) input, (Tensor Low, Tensor High) output, Tensor slope, Tensor constant)
    {
        switch (part)
        {
            case Flatten or Dropout or Dropout2d or Identity:
                return (slope, constant);
            case ReLU:
                // The upper line through (l, 0) and (u, u), the lower one of slope 0 or 1; both exact where the sign is decided.
                var (low, high) = (input.Low.clamp(max: 0), input.High.clamp(min: 0));
                var upper = (high / (high - low).clamp(min: 1e-12)).unsqueeze(1);
                var lower = input.High.gt(input.Low.neg()).to(float32).unsqueeze(1);
                var (rising, falling) = (slope.clamp(min: 0), slope.clamp(max: 0));
                return (rising * upper + falling * lower, constant - Sum(rising * upper * low.unsqueeze(1)));
            case Linear linear:
                return (slope.matmul(linear.weight), linear.bias is null ? constant : constant + slope.matmul(linear.bias));
            case Conv2d conv:
                var (images, classes) = (slope.shape[0], slope.shape[1]);
                var (stride, padding) = (LayeredNetwork.Pair(conv.stride, 1), LayeredNetwork.Pair(conv.padding, 0));
                long More(int axis, int step, int pad) => input.Low.shape[axis]
                    - ((output.Low.shape[axis] - 1) * step - 2 * pad + conv.weight.shape[axis]);
                var back = nn.functional.conv_transpose2d(
                    slope.reshape([images * classes, .. output.Low.shape[1..]]), conv.weight, null, conv.stride, conv.padding,
                    [More(2, stride.Height, padding.Height), More(3, stride.Width, padding.Width)]);
                return (back.reshape([images, classes, .. input.Low.shape[1..]]),
                    conv.bias is null ? constant : constant + Sum(slope * conv.bias.reshape(1, 1, -1, 1, 1)));
            case Normalize normalize:
                long[] channels = [1, 1, normalize.Mean.Count, 1, 1];
                var mean = tensor(normalize.Mean.ToArray(), channels).to(slope.device);
                var scaled = slope / tensor(normalize.Std.ToArray(), channels).to(slope.device);
                return (scaled, constant - Sum(scaled * mean));
            default:
                throw new NotSupportedException($"IntervalTraining: CROWN-IBP has no bounds for {part.GetType().Name} in training; there "
                    + "are for Sequential, Conv2d, Linear, ReLU, Normalize, Flatten, Dropout and Identity");
        }
    }
}
