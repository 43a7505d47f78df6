// Compiled against each engine, as Works.
#if TORCHSHARP
namespace Fgsm.Benchmarks.OnLibtorch;
#else
namespace Fgsm.Benchmarks.OnEmbedded;
#endif

/// <summary>Networks of colour images that the library does not have.</summary>
public static class Networks
{
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
}
