namespace Fgsm.Models;

/// <summary>
/// Networks that train well by interval bounds: strides in place of pooling, and few layers. Gowal and others, "On the Effectiveness of
/// Interval Bound Propagation for Training Verifiably Robust Models", 2018, https://arxiv.org/abs/1810.12715, table 1.
/// </summary>
public static class IbpCnn
{
    /// <summary>
    /// The paper's small network for 28x28 grey images: two 4x4 convolutions, the first with stride 2, then 100 hidden units. 331,738
    /// parameters. <c>[N, 1, 28, 28]</c> to <c>[N, 10]</c>.
    /// </summary>
    public static Sequential Small() => nn.Sequential(
        ("conv1", nn.Conv2d(1, 16, 4, stride: 2)), ("relu1", nn.ReLU()),
        ("conv2", nn.Conv2d(16, 32, 4)), ("relu2", nn.ReLU()),
        ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(32 * 10 * 10, 100)), ("relu3", nn.ReLU()),
        ("fc2", nn.Linear(100, 10))).to(Compute.Device);
}
