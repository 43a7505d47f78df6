using BenchmarkDotNet.Attributes;

// Compiled against each engine, as Works.
#if TORCHSHARP
namespace Fgsm.Benchmarks.OnLibtorch;
#else
namespace Fgsm.Benchmarks.OnEmbedded;
#endif

/// <summary>Single ops with a batch of 128: at the shapes of report B's CNN, and those of a CIFAR network's first layers.</summary>
public class Ops
{
    private readonly Conv2d conv1 = nn.Conv2d(1, 32, 5, padding: 2);
    private readonly Conv2d conv2 = nn.Conv2d(32, 64, 5, padding: 2);
    private readonly Linear linear = nn.Linear(3136, 1024);
    private readonly Tensor image = rand(128, 1, 28, 28).requires_grad_();
    private readonly Tensor half = rand(128, 32, 14, 14).requires_grad_();
    private readonly Tensor features = rand(128, 3136).requires_grad_();
    private readonly Tensor hidden = rand(128, 1024);
    private readonly Tensor logits = rand(1000, 10);
    private readonly Tensor square = rand(1024, 1024);
    private readonly Tensor million = rand(1 << 20);
    private readonly Conv2d depthwise = nn.Conv2d(64, 64, 3, padding: 1, groups: 64);
    private readonly BatchNorm2d norm = nn.BatchNorm2d(64);
    private readonly GELU gelu = nn.GELU();
    private readonly AdaptiveAvgPool2d pool = nn.AdaptiveAvgPool2d(1);
    private readonly Tensor images = rand(128, 64, 32, 32).requires_grad_();
    private optim.Optimizer? sgd;
    private Tensor? y1, y2, y3, y4, y5, y6, y7;

    [GlobalSetup]
    public void SetUp()
    {
        (y1, y2, y3) = (conv1.call(image), conv2.call(half), linear.call(features));
        (y4, y5, y6, y7) = (depthwise.call(images), norm.call(images), gelu.call(images), pool.call(images));
        foreach (var parameter in linear.parameters())
            parameter.grad = rand(parameter.shape);
        sgd = optim.SGD(linear.parameters(), 1e-6, momentum: 0.9);
    }

    [Benchmark] public void Conv1Forward() => Forward(conv1, image);
    [Benchmark] public void Conv1InputGradient() => Gradient(y1!, image);
    [Benchmark] public void Conv1WeightGradient() => Gradient(y1!, conv1.weight);
    [Benchmark] public void Conv2Forward() => Forward(conv2, half);
    [Benchmark] public void Conv2InputGradient() => Gradient(y2!, half);
    [Benchmark] public void Conv2WeightGradient() => Gradient(y2!, conv2.weight);
    [Benchmark] public void LinearForward() => Forward(linear, features);
    [Benchmark] public void LinearInputGradient() => Gradient(y3!, features);
    [Benchmark] public void LinearWeightGradient() => Gradient(y3!, linear.weight);
    [Benchmark] public void MatMul1024() => square.matmul(square).Dispose();
    [Benchmark] public void Softmax1000x10() => softmax(logits, 1).Dispose();
    [Benchmark] public void Dropout128x1024() => nn.functional.dropout(hidden).Dispose();
    [Benchmark] public void SgdStep3Million() => sgd!.step();
    [Benchmark] public void Exp1Million() => million.exp().Dispose();

    [Benchmark] public void DepthwiseForward() => Forward(depthwise, images);
    [Benchmark] public void DepthwiseInputGradient() => Gradient(y4!, images);
    [Benchmark] public void DepthwiseWeightGradient() => Gradient(y4!, depthwise.weight);
    [Benchmark] public void BatchNormForward() => Forward(norm, images);
    [Benchmark] public void BatchNormInputGradient() => Gradient(y5!, images);
    [Benchmark] public void GeluForward() => Forward(gelu, images);
    [Benchmark] public void GeluInputGradient() => Gradient(y6!, images);
    [Benchmark] public void AdaptivePoolForward() => Forward(pool, images);
    [Benchmark] public void AdaptivePoolInputGradient() => Gradient(y7!, images);

    private static void Forward(nn.Module<Tensor, Tensor> module, Tensor x)
    {
        using var _ = no_grad();
        module.call(x).Dispose();
    }

    // The outputs stand in for a gradient from above: of its values nothing depends.
    private static void Gradient(Tensor y, Tensor input)
    {
        using var upstream = y.detach();
        autograd.grad([y], [input], [upstream], retain_graph: true)[0].Dispose();
    }
}
