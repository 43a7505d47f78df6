using Fgsm.Models;

namespace Fgsm.Tests;

/// <summary>Small networks of every kind of layer that there are bounds for, with random weights.</summary>
internal static class CertifiedModels
{
    public static IReadOnlyList<string> Names =>
        ["linear", "deep", "convolution", "stride", "pooling", "overlapping", "norm", "normalize", "nested", "residual", "shortcut"];

    /// <summary>In training mode; takes images <c>[N, 2, 8, 8]</c> and gives 5 logits.</summary>
    public static Sequential Of(string name, long seed)
    {
        manual_seed(seed);
        return name switch
        {
            "linear" => nn.Sequential(nn.Flatten(), nn.Linear(128, 5)),
            "deep" => nn.Sequential(nn.Flatten(), nn.Linear(128, 20), nn.ReLU(), nn.Linear(20, 15, hasBias: false), nn.ReLU(),
                nn.Linear(15, 10), nn.ReLU(), nn.Linear(10, 5)),
            "convolution" => nn.Sequential(nn.Conv2d(2, 4, 3, padding: 1), nn.ReLU(), nn.Conv2d(4, 3, 5, bias: false), nn.ReLU(),
                nn.Flatten(), nn.Linear(48, 5)),
            "stride" => nn.Sequential(nn.Conv2d(2, 4, (4, 3), (2, 1), (1, 0)), nn.ReLU(), nn.Conv2d(4, 3, 2, 2), nn.ReLU(), nn.Flatten(),
                nn.Linear(18, 5)),
            "pooling" => nn.Sequential(nn.Conv2d(2, 4, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 5)),
            "overlapping" => nn.Sequential(nn.Conv2d(2, 4, 3), nn.MaxPool2d(3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(36, 5)),
            "norm" => nn.Sequential(nn.Conv2d(2, 4, 3), Norm(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)),
            "normalize" => nn.Sequential(new Normalize([0.2, 0.4], [0.5, 0.25]), nn.Conv2d(2, 4, 3, padding: 1), nn.ReLU(), nn.Flatten(),
                nn.Linear(256, 5)),
            "nested" => nn.Sequential(nn.Sequential(nn.Identity(), nn.Conv2d(2, 4, 3), nn.ReLU()), nn.Dropout2d(0.5), nn.Flatten(),
                nn.Linear(144, 20), nn.ReLU(), nn.Dropout(0.5), nn.Linear(20, 5)),
            "residual" => nn.Sequential(nn.Conv2d(2, 4, 3, padding: 1), new Residual(nn.Sequential(nn.ReLU(),
                nn.Conv2d(4, 4, 3, padding: 1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding: 1))), nn.ReLU(), nn.Flatten(), nn.Linear(256, 5)),
            "shortcut" => nn.Sequential(new Residual(nn.Sequential(nn.Conv2d(2, 4, 3, padding: 1), nn.ReLU(),
                new Residual(nn.Conv2d(4, 4, 3, padding: 1)), nn.MaxPool2d(2)), nn.Conv2d(2, 4, 2, stride: 2)), nn.ReLU(), nn.Flatten(),
                nn.Linear(64, 5)),
            _ => throw new ArgumentException(name),
        };
    }

    private static BatchNorm2d Norm(long channels)
    {
        var norm = nn.BatchNorm2d(channels);
        using var grad = no_grad();
        norm.running_mean!.copy_(rand(channels) - 0.5);
        norm.running_var!.copy_(rand(channels) + 0.1);
        norm.weight!.copy_(randn(channels));
        norm.bias!.copy_(randn(channels));
        return norm;
    }
}
