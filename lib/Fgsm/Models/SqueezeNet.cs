namespace Fgsm.Models;

/// <summary>
/// SqueezeNet 1.1 for ImageNet's 1000 classes, with torchvision's names, so that its files load. 1,235,496 parameters.
/// Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016,
/// https://arxiv.org/abs/1602.07360. <c>[N, 3, H, W]</c>, normalised, to <c>[N, classes]</c>.
/// </summary>
public sealed class SqueezeNet : nn.Module<Tensor, Tensor>
{
    private readonly Sequential features, classifier;

    /// <param name="classes">The number of classes, 1 or more.</param>
    /// <param name="padding">Of the last convolution: 0 in torchvision, 1 in the release for Caffe.</param>
    public SqueezeNet(int classes = 1000, int padding = 0) : base("SqueezeNet")
    {
        // Pooling before the first ReLU gives the same bits as after it, and a gradient keeps a quarter of the memory.
        features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride: 2), Pool(), nn.ReLU(),
            new Fire(64, 16, 64), new Fire(128, 16, 64), Pool(),
            new Fire(128, 32, 128), new Fire(256, 32, 128), Pool(),
            new Fire(256, 48, 192), new Fire(384, 48, 192), new Fire(384, 64, 256), new Fire(512, 64, 256));
        classifier = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(512, classes, 1, padding: padding), nn.ReLU(), nn.AdaptiveAvgPool2d(1));
        RegisterComponents();
    }

    private static MaxPool2d Pool() => nn.MaxPool2d(3, 2, ceil_mode: true);

    public override Tensor forward(Tensor input) => classifier.call(features.call(input)).flatten(1);

    /// <summary>
    /// <see cref="FromCaffe"/> of squeezenet_v1.1.safetensors, beside ImageNet's images (<see cref="DataSet.ImageNet(string, int, int)"/>).
    /// </summary>
    /// <param name="folder">A data folder to look in first; null for the standard search of <see cref="DataFolders"/>.</param>
    /// <exception cref="DataException">The file is in none of the data folders.</exception>
    /// <exception cref="TensorFileException">The file cannot be read, or is another network's.</exception>
    public static Sequential Pretrained(string? folder = null)
    {
        const string name = "squeezenet_v1.1.safetensors";
        var folders = DataFolders.Standard(folder);
        return FromCaffe(folders.ImageNets.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists)
            ?? throw new DataException($"SqueezeNet: {name}, its weights, is in none of the data folders; put it beside train/ and val/ in "
                + $"{Path.Combine(folders.Download, "imagenet")}.") { IsMissing = true });
    }

    /// <summary>
    /// The release for Caffe, trained on ImageNet: takes pixels in [0,1], since its normalisation is the first layer. It wants images of
    /// 227x227 (<c>DataSet.ImageNet(resize: 227, crop: 227)</c>) and finds 55.8 % of 500 validation images' classes.
    /// </summary>
    /// <param name="file">Its weights by Caffe's names, as safetensors.</param>
    /// <exception cref="TensorFileException">The file cannot be read, or is another network's.</exception>
    public static Sequential FromCaffe(string file)
    {
        var model = new SqueezeNet(padding: 1);
        var convolutions = model.modules().OfType<Conv2d>().ToList();
        string[] fire = ["squeeze1x1", "expand1x1", "expand3x3"];
        string[] names = ["conv1", .. Enumerable.Range(2, 8).SelectMany(number => fire.Select(part => $"fire{number}/{part}")), "conv10"];
        // The network's own convolutions under the file's names.
        nn.Sequential([.. names.Zip(convolutions, (name, conv) => (name, (nn.Module<Tensor, Tensor>)conv))]).load_safetensors(file);
        using (no_grad())
            // Caffe's pixels are blue, green, red.
            convolutions[0].weight.copy_(convolutions[0].weight.flip(1));
        double[] mean = [123 / 255.0, 117 / 255.0, 104 / 255.0];
        const double unit = 1 / 255.0;
        return nn.Sequential(("normalize", new Normalize(mean, [unit, unit, unit])), ("squeezenet", model)).to(Compute.Device);
    }

    /// <summary>Few channels by 1x1 convolutions, then many by 1x1 and by 3x3 convolutions beside each other.</summary>
    private sealed class Fire : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d squeeze, expand1x1, expand3x3;

        public Fire(int input, int few, int many) : base("Fire")
        {
            (squeeze, expand1x1) = (nn.Conv2d(input, few, 1), nn.Conv2d(few, many, 1));
            expand3x3 = nn.Conv2d(few, many, 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = squeeze.call(input).relu();
            // One ReLU behind both: its output is all that a gradient keeps of the three.
            return cat([expand1x1.call(x), expand3x3.call(x)], 1).relu().MoveToOuterDisposeScope();
        }
    }
}
