using Fgsm.Models;

namespace Fgsm.Tests;

public class ResNet18Tests
{
    public sealed record Golden18(Dictionary<string, long[]> Shapes, double[][] Logits);

    private static readonly Golden18 Expected = Golden.Read<Golden18>("resnet.json");

    [Fact]
    public void NamesAndShapes_AreTorchvisions()
    {
        var state = new ResNet18().state_dict();

        Assert.Equal(Expected.Shapes.Keys.Order(), state.Keys.Order());
        Assert.All(Expected.Shapes, entry => Assert.Equal(entry.Value, state[entry.Key].shape));
        Assert.Equal(11_689_512, new ResNet18().CountParameters());
    }

    /// <summary>Against torchvision, with weights and images of a formula (tests/golden/make_resnet.py).</summary>
    [Fact]
    public void Logits_AreTorchvisions()
    {
        var model = new ResNet18();
        var state = model.state_dict();
        using (no_grad())
            foreach (var (k, name) in Expected.Shapes.Keys.Index().Where(entry => !entry.Item.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
                state[name].copy_(Values(name, k, state[name]));
        model.eval();
        var images = tensor([.. Enumerable.Range(0, 2 * 3 * 64 * 64).Select(i => (float)(0.5 + Noise(i, -1)))], [2, 3, 64, 64]);

        using var grad = no_grad();
        var logits = model.call(images);

        foreach (var (row, expected) in Expected.Logits.Index())
            Assert.All(expected.Zip(logits[row].Floats()), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * Math.Max(1, Math.Abs(pair.First))));
    }

    private static Tensor Values(string name, int k, Tensor entry)
    {
        var norm = entry.ndim == 1;
        var scale = norm ? 0.1 : Math.Sqrt(24.0 / (entry.numel() / entry.shape[0]));
        var one = name.EndsWith("running_var", StringComparison.Ordinal) || (norm && name.EndsWith("weight", StringComparison.Ordinal)) ? 1 : 0;
        return tensor([.. Enumerable.Range(0, (int)entry.numel()).Select(i => (float)(one + scale * Noise(i, k)))], entry.shape);
    }

    private static double Noise(int i, int k) => 43758.5453 * Math.Sin(12.9898 * i + k) % 1 - 0.5;

    /// <summary>11,173,962: the paper's network for ImageNet less its first kernel's rim and 990 classes.</summary>
    [Fact]
    public void TheSmallOne_KeepsTheSizeOfTheImageToItsFirstLayer()
    {
        var model = new ResNet18(classes: 10, small: true);

        Assert.Equal(11_689_512 - 64 * 3 * (49 - 9) - 990 * 513, model.CountParameters());
        Assert.Equal([2L, 10], model.call(zeros(2, 3, 32, 32)).shape);
    }
}
