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
    /// A Sequential that ends in a Linear layer, of Conv2d, Linear, ReLU, MaxPool2d, Normalize, Flatten, Dropout and Identity.
    /// </param>
    /// <param name="low">The lower ends of the pixels, <c>[N, C, H, W]</c>.</param>
    /// <param name="high">The upper ends.</param>
    /// <param name="y">int64 labels, <c>[N]</c>.</param>
    /// <exception cref="NotSupportedException">The model has another layer.</exception>
    public static Tensor Worst(nn.Module<Tensor, Tensor> model, Tensor low, Tensor high, Tensor y)
    {
        var parts = LayeredNetwork.Parts(model).ToList();
        foreach (var part in parts[..^1])
            (low, high) = Propagate(part, low, high);
        if (parts[^1] is not Linear last)
            throw new NotSupportedException($"IntervalTraining: the model must end in Linear, not {parts[^1].GetType().Name}");
        var difference = last.weight.unsqueeze(0) - last.weight.index_select(0, y).unsqueeze(1);
        var (middle, reach) = (((low + high) / 2).unsqueeze(1), ((high - low) / 2).unsqueeze(1));
        var worst = (difference * middle + difference.abs() * reach).sum(2);
        return last.bias is null ? worst : worst + (last.bias - last.bias.index_select(0, y).unsqueeze(1));
    }

    private static (Tensor Low, Tensor High) Propagate(nn.Module part, Tensor low, Tensor high) => part switch
    {
        Conv2d conv => Affine(low, high, conv.weight, conv.bias,
            (x, weight, bias) => nn.functional.conv2d(x, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups)),
        Linear linear => Affine(low, high, linear.weight, linear.bias, nn.functional.linear),
        Dropout or Dropout2d or Identity => (low, high),
        ReLU or MaxPool2d or Flatten or Normalize when part is nn.Module<Tensor, Tensor> rising => (rising.call(low), rising.call(high)),
        _ => throw new NotSupportedException($"IntervalTraining: there are no bounds for {part.GetType().Name} in training; there are for "
            + "Sequential, Conv2d, Linear, ReLU, MaxPool2d, Normalize, Flatten, Dropout and Identity"),
    };

    private static (Tensor Low, Tensor High) Affine(
        Tensor low, Tensor high, Tensor weight, Tensor? bias, Func<Tensor, Tensor, Tensor?, Tensor> apply)
    {
        var (middle, reach) = (apply((low + high) / 2, weight, bias), apply((high - low) / 2, weight.abs(), null));
        return (middle - reach, middle + reach);
    }
}
