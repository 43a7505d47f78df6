namespace Fgsm.Models;

/// <summary>
/// ResNet-18 with torchvision's names, so that its files load. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2015,
/// https://arxiv.org/abs/1512.03385. <c>[N, 3, H, W]</c>, normalised, to <c>[N, classes]</c>. 11,689,512 parameters for 1000 classes.
/// </summary>
public sealed class ResNet18 : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(64);
    private readonly ReLU relu = nn.ReLU();
    private readonly MaxPool2d? maxpool;
    private readonly Sequential layer1 = Layer(64, 64, 1), layer2 = Layer(64, 128, 2), layer3 = Layer(128, 256, 2), layer4 = Layer(256, 512, 2);
    private readonly AdaptiveAvgPool2d avgpool = nn.AdaptiveAvgPool2d(1);
    private readonly Linear fc;

    // A Sequential runs its neighbours in one pass. It is no part of this module, so the names stay torchvision's.
    private readonly Func<Tensor, Tensor> first;

    /// <param name="classes">The number of classes, 1 or more.</param>
    /// <param name="small">
    /// For images of 32x32: the first convolution is 3x3 and keeps their size, and no pooling follows it. Torchvision has only the large one.
    /// </param>
    public ResNet18(int classes = 1000, bool small = false) : base("ResNet18")
    {
        conv1 = small ? nn.Conv2d(3, 64, 3, padding: 1, bias: false) : nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        maxpool = small ? null : nn.MaxPool2d(3, 2, padding: 1);
        fc = nn.Linear(512, classes);
        first = nn.Sequential(conv1, bn1, relu).call;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = first(input);
        x = maxpool?.call(x) ?? x;
        x = layer4.call(layer3.call(layer2.call(layer1.call(x))));
        return fc.call(avgpool.call(x).flatten(1));
    }

    private static Sequential Layer(int channels, int filters, int stride) =>
        nn.Sequential(("0", new Block(channels, filters, stride)), ("1", new Block(filters, filters, 1)));

    /// <summary>Two convolutions whose result is added to their input, which a 1x1 convolution brings to the same shape where it must.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;
        private readonly BatchNorm2d bn1, bn2;
        private readonly ReLU relu = nn.ReLU();
        private readonly Sequential? downsample;
        private readonly Func<Tensor, Tensor> first, second;

        public Block(int channels, int filters, int stride) : base("Block")
        {
            (conv1, bn1) = (nn.Conv2d(channels, filters, 3, stride, padding: 1, bias: false), nn.BatchNorm2d(filters));
            (conv2, bn2) = (nn.Conv2d(filters, filters, 3, padding: 1, bias: false), nn.BatchNorm2d(filters));
            if (stride > 1)
                downsample = nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias: false), nn.BatchNorm2d(filters));
            (first, second) = (nn.Sequential(conv1, bn1, relu).call, nn.Sequential(conv2, bn2).call);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return relu.call(second(first(input)) + (downsample?.call(input) ?? input)).MoveToOuterDisposeScope();
        }
    }
}
