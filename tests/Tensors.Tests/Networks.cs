using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

internal static class Networks
{
    /// <summary>Report B's CNN: <c>[N, 1, 28, 28]</c> to <c>[N, 10]</c>.</summary>
    public static Sequential ReportB() => nn.Sequential(
        nn.Conv2d(1, 32, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 10));
}
