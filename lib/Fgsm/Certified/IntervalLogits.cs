namespace Fgsm.Certified;

/// <summary>
/// Interval bounds as tensors with gradients, for training: float32, and without the error terms of <see cref="Certificates"/>, which
/// proves.
/// </summary>
internal static class IntervalLogits
{
    /// <summary>
    /// For each class an upper bound of its logit less the label's, <c>[N, classes]</c>; 0 for the label. The last linear layer and the
    /// difference are one map.
    /// </summary>
    /// <param name="model">
    /// A Sequential that ends in a Linear layer, of Conv2d, Linear, ReLU, MaxPool2d, Normalize, Flatten, Dropout, Identity and
    /// <see cref="Residual"/>.
    /// </param>
    /// <param name="low">The lower ends of the pixels, <c>[N, C, H, W]</c>.</param>
    /// <param name="high">The upper ends.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    /// <exception cref="NotSupportedException">The model has another layer.</exception>
    public static Tensor Worst(nn.Module<Tensor, Tensor> model, Tensor low, Tensor high, Tensor y)
    {
        var parts = LayeredNetwork.Parts(model).ToList();
        (low, high) = Through(parts[..^1], low, high);
        var (difference, constant) = Differences(parts[^1], y);
        var (middle, reach) = (((low + high) / 2).unsqueeze(1), ((high - low) / 2).unsqueeze(1));
        return (difference * middle + difference.abs() * reach).sum(2) + constant;
    }

    /// <summary>
    /// The last linear layer and the difference of its logits and the label's as one map: weights <c>[N, classes, inputs]</c>, constants
    /// <c>[N, classes]</c>.
    /// </summary>
    /// <exception cref="NotSupportedException">The last layer is not Linear.</exception>
    internal static (Tensor Weight, Tensor Constant) Differences(nn.Module last, Tensor y)
    {
        if (last is not Linear linear)
            throw new NotSupportedException($"IntervalTraining: the model must end in Linear, not {last.GetType().Name}");
        var weight = linear.weight.unsqueeze(0) - linear.weight.index_select(0, y).unsqueeze(1);
        return (weight, linear.bias is null ? zeros(y.shape[0], linear.weight.shape[0]).to(linear.weight.device)
            : linear.bias - linear.bias.index_select(0, y).unsqueeze(1));
    }

    private static (Tensor Low, Tensor High) Through(IEnumerable<nn.Module> parts, Tensor low, Tensor high) =>
        parts.Aggregate((low, high), (box, part) => Propagate(part, box.low, box.high));

    private static (Tensor Low, Tensor High) Through(Residual block, Tensor low, Tensor high)
    {
        var body = Through(LayeredNetwork.Parts(block.Body), low, high);
        var shortcut = block.Shortcut is null ? (low, high) : Through(LayeredNetwork.Parts(block.Shortcut), low, high);
        return (body.Low + shortcut.Item1, body.High + shortcut.Item2);
    }

    internal static (Tensor Low, Tensor High) Propagate(nn.Module part, Tensor low, Tensor high) => part switch
    {
        Conv2d conv => Affine(low, high, conv.weight, conv.bias,
            (x, weight, bias) => nn.functional.conv2d(x, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups)),
        Linear linear => Affine(low, high, linear.weight, linear.bias, nn.functional.linear),
        Residual block => Through(block, low, high),
        Dropout or Dropout2d or Identity => (low, high),
        ReLU or MaxPool2d or Flatten or Normalize when part is nn.Module<Tensor, Tensor> rising => (rising.call(low), rising.call(high)),
        _ => throw new NotSupportedException($"IntervalTraining: there are no bounds for {part.GetType().Name} in training; there are for "
            + "Sequential, Conv2d, Linear, ReLU, MaxPool2d, Normalize, Flatten, Dropout, Identity and Residual"),
    };

    private static (Tensor Low, Tensor High) Affine(
        Tensor low, Tensor high, Tensor weight, Tensor? bias, Func<Tensor, Tensor, Tensor?, Tensor> apply)
    {
        var (middle, reach) = (apply((low + high) / 2, weight, bias), apply((high - low) / 2, weight.abs(), null));
        return (middle - reach, middle + reach);
    }
}
