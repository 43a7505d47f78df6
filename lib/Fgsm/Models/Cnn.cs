using System.Text.RegularExpressions;

namespace Fgsm.Models;

/// <summary>The reports' networks. All end in logits and take pixels in [0,1]; the weights follow from <c>torch.manual_seed</c>. They are on <see cref="Compute.Device"/>.</summary>
public static partial class Cnn
{
    /// <summary>
    /// Report A's CNN for 28x28 grey images: two convolutions, each with ReLU and 2x2 max-pooling, then two fully connected layers.
    /// The report leaves widths and kernels unsaid; chosen here are 3x3 kernels with padding, 32 and 64 channels, 128 hidden
    /// units. 421,642 parameters. <c>[N, 1, 28, 28]</c> to <c>[N, 10]</c>.
    /// </summary>
    public static Sequential ReportA() => ReportC(channels: 1, height: 28, width: 28, classes: 10);

    /// <summary>
    /// Report B's CNN for 28x28 grey images: two 5x5 convolutions with ReLU and 2x2 max-pooling, then 1024 hidden units with
    /// dropout 0.5. 3,274,634 parameters. <c>[N, 1, 28, 28]</c> to <c>[N, 10]</c>.
    /// </summary>
    public static Sequential ReportB() => nn.Sequential(
        ("conv1", nn.Conv2d(1, 32, 5, padding: 2)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2)),
        ("conv2", nn.Conv2d(32, 64, 5, padding: 2)), ("relu2", nn.ReLU()), ("pool2", nn.MaxPool2d(2)),
        ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(64 * 7 * 7, 1024)), ("relu3", nn.ReLU()), ("dropout", nn.Dropout(0.5)),
        ("fc2", nn.Linear(1024, 10))).to(Compute.Device);

    /// <summary>
    /// A CNN for report C, which names no layers: report A's, for images of any size and any number of classes. 421,642
    /// parameters for 28x28 grey images and 10 classes. <c>[N, channels, height, width]</c> to <c>[N, classes]</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no channels or classes, or the image is smaller than 4x4, which leaves nothing after two poolings.</exception>
    public static Sequential ReportC(int channels, int height, int width, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        return nn.Sequential(
            ("conv1", nn.Conv2d(channels, 32, 3, padding: 1)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2)),
            ("conv2", nn.Conv2d(32, 64, 3, padding: 1)), ("relu2", nn.ReLU()), ("pool2", nn.MaxPool2d(2)),
            ("flatten", nn.Flatten()),
            ("fc1", nn.Linear(64 * (height / 4) * (width / 4), 128)), ("relu3", nn.ReLU()),
            ("fc2", nn.Linear(128, classes))).to(Compute.Device);
    }

    /// <summary>
    /// Report E's CNN for 28x28 grey images: two 3x3 convolutions with ReLU, without padding and without pooling (64x24x24), then
    /// 128 hidden units. 4,738,826 parameters. <c>[N, 1, 28, 28]</c> to <c>[N, 10]</c>.
    /// </summary>
    public static Sequential ReportE() => nn.Sequential(
        ("conv1", nn.Conv2d(1, 32, 3)), ("relu1", nn.ReLU()),
        ("conv2", nn.Conv2d(32, 64, 3)), ("relu2", nn.ReLU()),
        ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(64 * 24 * 24, 128)), ("relu3", nn.ReLU()),
        ("fc2", nn.Linear(128, 10))).to(Compute.Device);

    /// <summary>"report B's CNN" for <see cref="ReportB"/>; "a CNN of your own" for a function that is none of these.</summary>
    public static string Name(Delegate network) =>
        network.Method.DeclaringType == typeof(Cnn) ? $"report {network.Method.Name["Report".Length..]}'s CNN" : "a CNN of your own";

    /// <summary>
    /// How one of these networks, or <see cref="Airbench.Network"/>, is written, and those that it calls: its C# in this project. Empty for
    /// any other function.
    /// </summary>
    public static string Source(Delegate network)
    {
        var type = network.Method.DeclaringType!;
        if (type != typeof(Cnn) && type != typeof(Airbench))
            return "";
        using var file = new StreamReader(type.Assembly.GetManifestResourceStream($"{type.Name}.cs")!);
        var methods = Methods().Matches(file.ReadToEnd())
            .ToDictionary(method => method.Groups["name"].Value, method => method.Value.ReplaceLineEndings("\n"));
        return string.Join("\n", Texts(network.Method.Name)).Replace("\n    ", "\n").Trim();

        IEnumerable<string> Texts(string name) => methods.Where(m => m.Key != name && methods[name].Contains($"{m.Key}("))
            .SelectMany(called => Texts(called.Key)).Prepend(methods[name]);
    }

    [GeneratedRegex(
        """^    (public|private) static Sequential (?<name>\w+)\([^\r\n]*?(=>.*?;|\r?\n    \{.*?\n    \})\r?$""",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Methods();
}
