namespace Fgsm.Data;

/// <summary>A training set and a test set that belong together.</summary>
/// <param name="Train">What models learn from.</param>
/// <param name="Test">What they are measured on.</param>
public sealed record DataSet(ImageSet Train, ImageSet Test)
{
    private const string ImageNetName = "ImageNet";

    internal static readonly string[] DigitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>What tables call the set.</summary>
    public string Name => Test.Name;

    /// <summary>True for images that the project drew itself.</summary>
    public bool IsSynthetic => Test.IsSynthetic;

    /// <summary>Why these images are not the ones asked for: one line for the reader; null when they are.</summary>
    public string? Notice { get; init; }

    /// <summary>What tables call a class: "Digit" for sets of digits, else "Class".</summary>
    public string ClassHeading => Test.ClassNames.SequenceEqual(DigitNames) ? "Digit" : "Class";

    /// <summary>
    /// A data set by name: one of <see cref="DataSource.All"/> ("MNIST", or, where it cannot be had, <see cref="SyntheticDigits"/>;
    /// "Fashion-MNIST", "CIFAR-10"), "ImageNet", or "synthetic digits".
    /// </summary>
    /// <exception cref="DataException">This project reads no such data set, it cannot be had, or what is there is bad.</exception>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet Load(string name, string? folder = null)
    {
        if (name == DataSource.Mnist.Name)
            return MnistOrSynthetic(folder);
        if (name == SyntheticDigits.Name)
            return SyntheticDigits.Draw();
        if (name == ImageNetName)
            return ImageNet(folder);
        return DataSource.All.FirstOrDefault(source => source.Name == name)?.Load(DataFolders.Standard(folder))
            ?? throw new DataException($"This project does not read {name}; it reads "
                + $"{string.Join(", ", DataSource.All.Select(source => source.Name))}, {ImageNetName} and {SyntheticDigits.Name}.") { IsMissing = true };
    }

    /// <summary>MNIST, read from where it is found, else downloaded.</summary>
    /// <param name="folder">A data folder to look in first; null for the standard search of <see cref="DataFolders"/>.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="DataException">It cannot be had, or what is there is bad.</exception>
    public static DataSet Mnist(string? folder = null, CancellationToken cancellation = default) =>
        DataSource.Mnist.Load(DataFolders.Standard(folder), cancellation);

    /// <summary>Fashion-MNIST, read from where it is found, else downloaded.</summary>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet FashionMnist(string? folder = null, CancellationToken cancellation = default) =>
        DataSource.FashionMnist.Load(DataFolders.Standard(folder), cancellation);

    /// <summary>CIFAR-10, read from where it is found, else downloaded.</summary>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet Cifar10(string? folder = null, CancellationToken cancellation = default) =>
        DataSource.Cifar10.Load(DataFolders.Standard(folder), cancellation);

    /// <summary>
    /// ImageNet (Russakovsky and others, 2015), or some of its classes, from <c>imagenet/</c> or <c>imagenet-subset/</c> in a data folder,
    /// as <see cref="ImageFolder"/> reads it. It cannot be downloaded. The test set is what ImageNet calls validation.
    /// </summary>
    /// <param name="folder">A data folder to look in first; null for the standard search of <see cref="DataFolders"/>.</param>
    /// <inheritdoc cref="ImageFolder.Load"/>
    /// <exception cref="DataException">It is not there, or what is there is bad.</exception>
    public static DataSet ImageNet(string? folder = null, int resize = 256, int crop = 224) =>
        ImageNet(DataFolders.Standard(folder), resize, crop);

    internal static DataSet ImageNet(DataFolders folders, int resize, int crop)
    {
        var found = folders.ImageNets.FirstOrDefault(Directory.Exists);
        if (found is null)
            throw new DataException($"{ImageNetName}: it is in none of the data folders, and cannot be downloaded; "
                + $"get it at image-net.org and put train/ and val/ into {Path.Combine(folders.Download, "imagenet")}, "
                + $"or name a folder that has imagenet/ in ${DataFolders.Variable}.") { IsMissing = true };
        return ImageFolder.Load(found, found.EndsWith("subset", StringComparison.Ordinal) ? $"{ImageNetName} subset" : ImageNetName, resize, crop);
    }

    /// <summary>
    /// MNIST; where it cannot be had, digits that the project draws itself, with the reason in <see cref="Notice"/>.
    /// Bad files are never passed over: they throw.
    /// </summary>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet MnistOrSynthetic(string? folder = null, CancellationToken cancellation = default)
    {
        try
        {
            return Mnist(folder, cancellation);
        }
        catch (DataException e) when (e.IsMissing)
        {
            return SyntheticDigits.Draw() with { Notice = $"{e.Message} Meanwhile, the digits are drawn by the project itself." };
        }
    }

    /// <summary>
    /// Records what a report's results were measured on (name, checksum, whether the project drew it), and says on the error stream
    /// why these images are not the ones asked for. For the end of the line that loads the set.
    /// </summary>
    /// <param name="name">What the records begin with: "b" makes "b.data.name".</param>
    public DataSet Record(string name)
    {
        if (Notice is not null)
            Console.Error.WriteLine(Notice);
        Results.Results.Record($"{name}.data.name", Name);
        Results.Results.Record($"{name}.data.sha256", Test.Sha256);
        Results.Results.Record($"{name}.data.synthetic", IsSynthetic ? "yes" : "no");
        return this;
    }

    /// <summary>A title that says on which data a result was taken: "Baseline (MNIST)".</summary>
    public string Title(string title) => $"{title} ({Name})";
}
