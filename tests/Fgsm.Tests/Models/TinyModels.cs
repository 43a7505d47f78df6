namespace Fgsm.Tests;

/// <summary>Models that are fast, or whose gradients are known.</summary>
internal static class TinyModels
{
    /// <summary>The model of tests/golden/make_fgsm.py: <c>[N, 1, 8, 8]</c> to <c>[N, 10]</c>.</summary>
    public static Sequential SmallCnn(long seed = 42)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("conv", nn.Conv2d(1, 4, 3, padding: 1)), ("relu", nn.ReLU()), ("pool", nn.MaxPool2d(2)),
            ("flatten", nn.Flatten()), ("fc", nn.Linear(64, 10)));
    }

    /// <summary>With dropout: <c>[N, 1, 4, 4]</c> to <c>[N, 2]</c>.</summary>
    public static Sequential WithDropout(long seed = 42)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("flatten", nn.Flatten()), ("fc1", nn.Linear(16, 32)), ("relu", nn.ReLU()), ("dropout", nn.Dropout(0.5)), ("fc2", nn.Linear(32, 2)));
    }

    /// <summary>Logits are the products of the flattened image with each row of <paramref name="weights"/>.</summary>
    public static Sequential Linear(params float[][] weights)
    {
        var layer = nn.Linear(weights[0].Length, weights.Length, hasBias: false);
        using var grad = no_grad();
        layer.weight.copy_(tensor(weights.SelectMany(row => row).ToArray(), [weights.Length, weights[0].Length]));
        return nn.Sequential(("flatten", nn.Flatten()), ("fc", layer));
    }

    /// <summary>The pixels themselves are the logits.</summary>
    public static Sequential PixelsAsLogits() => nn.Sequential(("flatten", nn.Flatten()));
}
