// Compiled against each engine, as Works.
#if TORCHSHARP
namespace Fgsm.Benchmarks.OnLibtorch;
#else
namespace Fgsm.Benchmarks.OnEmbedded;
#endif

/// <summary>The networks of colour images that are measured; each says what it does in a <c>forward</c> of its own.</summary>
public static class Networks
{
    /// <summary>
    /// airbench94's network for <c>[N, 3, 32, 32]</c>: a whitening convolution, whose weights are not trained, and three groups of widths
    /// 64, 256 and 256. Jordan, 2024, https://arxiv.org/abs/2404.00498.
    /// </summary>
    public sealed class Cifar : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d whiten = nn.Conv2d(3, 24, 2);
        private readonly GELU gelu = nn.GELU();
        private readonly Group group1 = new(24, 64), group2 = new(64, 256), group3 = new(256, 256);
        private readonly MaxPool2d pool = nn.MaxPool2d(3);
        private readonly Linear linear = nn.Linear(256, 10, hasBias: false);

        public Cifar() : base("Cifar")
        {
            RegisterComponents();
            whiten.weight.requires_grad = false;
        }

        public override Tensor forward(Tensor input)
        {
            var x = group3.call(group2.call(group1.call(gelu.call(whiten.call(input)))));
            return linear.call(pool.call(x).flatten(1)) / 9;
        }
    }

    private sealed class Group : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;
        private readonly BatchNorm2d norm1, norm2;
        private readonly MaxPool2d pool = nn.MaxPool2d(2);
        private readonly GELU gelu = nn.GELU();

        public Group(long channels, long filters) : base("Group")
        {
            (conv1, norm1) = (nn.Conv2d(channels, filters, 3, padding: 1, bias: false), nn.BatchNorm2d(filters));
            (conv2, norm2) = (nn.Conv2d(filters, filters, 3, padding: 1, bias: false), nn.BatchNorm2d(filters));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = gelu.call(norm1.call(pool.call(conv1.call(input))));
            return gelu.call(norm2.call(conv2.call(x)));
        }
    }

    /// <summary>ResNet-18 for <c>[N, 3, 32, 32]</c>: its first convolution is 3x3. He et al., 2015, https://arxiv.org/abs/1512.03385.</summary>
    public sealed class ResNet18 : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1 = nn.Conv2d(3, 64, 3, padding: 1, bias: false);
        private readonly BatchNorm2d bn1 = nn.BatchNorm2d(64);
        private readonly ReLU relu = nn.ReLU();
        private readonly Sequential layer1 = Layer(64, 64, 1), layer2 = Layer(64, 128, 2);
        private readonly Sequential layer3 = Layer(128, 256, 2), layer4 = Layer(256, 512, 2);
        private readonly AdaptiveAvgPool2d avgpool = nn.AdaptiveAvgPool2d(1);
        private readonly Linear fc = nn.Linear(512, 10);

        public ResNet18() : base("ResNet18") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var x = relu.call(bn1.call(conv1.call(input)));
            x = layer4.call(layer3.call(layer2.call(layer1.call(x))));
            return fc.call(avgpool.call(x).flatten(1));
        }

        private static Sequential Layer(long channels, long filters, long stride) =>
            nn.Sequential(("0", new Block(channels, filters, stride)), ("1", new Block(filters, filters, 1)));
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;
        private readonly BatchNorm2d bn1, bn2;
        private readonly ReLU relu = nn.ReLU();
        private readonly Sequential? downsample;

        public Block(long channels, long filters, long stride) : base("Block")
        {
            (conv1, bn1) = (nn.Conv2d(channels, filters, 3, stride, padding: 1, bias: false), nn.BatchNorm2d(filters));
            (conv2, bn2) = (nn.Conv2d(filters, filters, 3, padding: 1, bias: false), nn.BatchNorm2d(filters));
            if (stride > 1)
                downsample = nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias: false), nn.BatchNorm2d(filters));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = relu.call(bn1.call(conv1.call(input)));
            x = bn2.call(conv2.call(x));
            return relu.call(x + (downsample?.call(input) ?? input));
        }
    }

    /// <summary>SqueezeNet 1.1 for <c>[N, 3, 227, 227]</c>. Iandola et al., 2016, https://arxiv.org/abs/1602.07360.</summary>
    public static Sequential SqueezeNet() => nn.Sequential(
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode: true),
        new Fire(64, 16, 64), new Fire(128, 16, 64), nn.MaxPool2d(3, 2, ceil_mode: true),
        new Fire(128, 32, 128), new Fire(256, 32, 128), nn.MaxPool2d(3, 2, ceil_mode: true),
        new Fire(256, 48, 192), new Fire(384, 48, 192), new Fire(384, 64, 256), new Fire(512, 64, 256),
        nn.Dropout(0.5), nn.Conv2d(512, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten());

    private sealed class Fire : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d squeeze, expand1x1, expand3x3;
        private readonly ReLU relu = nn.ReLU();

        public Fire(long channels, long squeezed, long expanded) : base("Fire")
        {
            squeeze = nn.Conv2d(channels, squeezed, 1);
            (expand1x1, expand3x3) = (nn.Conv2d(squeezed, expanded, 1), nn.Conv2d(squeezed, expanded, 3, padding: 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = relu.call(squeeze.call(input));
            return cat([relu.call(expand1x1.call(x)), relu.call(expand3x3.call(x))], 1);
        }
    }
}
