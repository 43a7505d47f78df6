using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fgsm.Tensors.Modules;
using static Fgsm.Tensors.torch;

namespace Fgsm.SameBits;

/// <summary>
/// A training run that passes through every kernel of the engine in some seconds even where fused multiply-adds are software:
/// direct and both Winograd convolutions, pooling fused and alone, stride 2, linear layers, dropout, SGD, Adam, cross-entropy. After
/// it, each other layer by itself.
/// </summary>
public static class TrainingRun
{
    private const string Heading = """
        # SHA-256 of the bits of a short training run (tests/SameBits/TrainingRun.cs): the same on every machine, thread count and instruction set.
        # After a deliberate change of a kernel: dotnet run -c Release --project tests/SameBits > tests/SameBits/digest.txt

        """;

    // More than one group of images whose weight gradients are summed in one chain, and the last group not full.
    private const int Images = 10;

    /// <summary>The committed file: a line for each stage of the run, so that the first that differs tells where to look.</summary>
    public static string Report()
    {
        var report = new StringBuilder(Heading.ReplaceLineEndings("\n"));
        foreach (var (stage, tensors) in Stages())
            report.Append($"{stage}: {Digest(tensors)}\n");
        return report.ToString();
    }

    private static IEnumerable<(string Stage, IEnumerable<Tensor> Tensors)> Stages()
    {
        manual_seed(42);
        using var model = Model();
        using var x = randn(Images, 1, 20, 20);
        using var y = randint(0, 10, Images);
        yield return ("initial weights", model.parameters());

        model.eval();
        using var before = model.call(x);
        yield return ("logits before training", [before]);

        model.train();
        Train(model, optim.SGD(model.parameters(), 0.05, momentum: 0.9), x, y);
        yield return ("weights after SGD", model.parameters());

        Train(model, optim.Adam(model.parameters()), x, y);
        yield return ("weights after Adam", model.parameters());

        model.eval();
        var input = x.detach().requires_grad_();
        var after = model.call(input);
        var loss = nn.functional.cross_entropy(after, y, reduction: nn.Reduction.Sum);
        yield return ("logits after training", [after]);
        yield return ("probabilities", [softmax(after, 1)]);
        yield return ("input gradient", autograd.grad([loss], [input]));

        // Deeper than one block of the matrix product, and no size a multiple of a tile.
        using var a = rand(19, 300);
        using var b = rand(300, 37);
        yield return ("matrix product", [a.matmul(b)]);

        using var c = rand(40, 70) * rand(40, 70).lt(0.3).to_type(ScalarType.Float32);
        using var d = rand(70, 150);
        yield return ("sparse matrix product", [c.matmul(d)]);

        foreach (var (stage, module, shape) in Layers())
            using (module)
                yield return (stage, OutputAndGradients(module, shape));
    }

    /// <summary>Each other layer once, at sizes that no vector divides.</summary>
    private static IEnumerable<(string Stage, nn.Module<Tensor, Tensor> Module, long[] Shape)> Layers()
    {
        manual_seed(43);
        yield return ("batch norm", nn.BatchNorm2d(19), [3, 19, 9, 7]);
        yield return ("layer norm", nn.LayerNorm(45), [5, 45]);
        yield return ("average pooling", nn.AvgPool2d(3, 2, 1, ceil_mode: true), [2, 19, 9, 8]);
        yield return ("adaptive pooling", nn.AdaptiveAvgPool2d((3, 4)), [2, 19, 9, 7]);
        yield return ("maximum pooling", nn.MaxPool2d(3, 2, 1, ceil_mode: true), [2, 19, 9, 8]);
        yield return ("depthwise convolution", nn.Conv2d(19, 19, 3, padding: 1, groups: 19), [10, 19, 9, 7]);
        yield return ("depthwise convolution of stride 2", nn.Conv2d(19, 19, 3, 2, 1, groups: 19), [10, 19, 9, 7]);
        yield return ("grouped convolution", nn.Conv2d(18, 20, 3, padding: 1, groups: 2), [3, 18, 9, 7]);
        yield return ("dilated convolution", nn.Conv2d(5, 7, 3, padding: 2, dilation: 2), [3, 5, 9, 7]);
        yield return ("transposed convolution", nn.ConvTranspose2d(9, 10, 3, 2, 1, 1), [3, 9, 5, 4]);
        yield return ("gelu", nn.GELU(), [5, 37]);
        yield return ("gelu by tanh", nn.GELU(GELU.Approximate.tanh), [5, 37]);
        yield return ("silu", nn.SiLU(), [5, 37]);
        yield return ("sigmoid", nn.Sigmoid(), [5, 37]);
        yield return ("tanh", nn.Tanh(), [5, 37]);
        yield return ("leaky relu", nn.LeakyReLU(0.2), [5, 37]);
        yield return ("dropout of channels", nn.Dropout2d(0.3), [5, 37, 3, 2]);
        yield return ("convolution of 1x1", nn.Conv2d(19, 37, 1), [10, 19, 9, 7]);
        yield return ("convolution of 1x1 and stride 2", nn.Conv2d(19, 37, 1, 2), [10, 19, 9, 7]);
        yield return ("convolution of many channels", nn.Conv2d(131, 127, 3, padding: 1), [3, 131, 7, 4]);
    }

    private static IEnumerable<Tensor> OutputAndGradients(nn.Module<Tensor, Tensor> module, long[] shape)
    {
        var x = randn(shape).requires_grad_();
        var y = module.call(x);
        return [y, .. autograd.grad([y], [x, .. module.parameters()], [randn(y.shape)])];
    }

    private static Sequential Model() => nn.Sequential(
        nn.Conv2d(1, 8, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 12, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 10, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2, stride: 1),
        nn.Conv2d(10, 9, 3, stride: 2, padding: 1),
        nn.Flatten(), nn.Linear(36, 500), nn.ReLU(), nn.Dropout(0.5), nn.Linear(500, 10));

    private static void Train(Sequential model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), y).backward();
            optimizer.step();
        }
    }

    private static string Digest(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
            hash.AppendData(MemoryMarshal.AsBytes<float>(tensor.data<float>().ToArray()));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
