namespace Fgsm.Data;

/// <summary>A published data set of four IDX files.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Folder">Its folder inside a data folder.</param>
/// <param name="Torchvision">The folder that torchvision gives it there, which is read too.</param>
/// <param name="Mirrors">Where its files can be downloaded; each ends in a slash.</param>
/// <param name="ClassNames">A name for each label.</param>
/// <param name="TrainImages">Training images [N, H, W].</param>
/// <param name="TrainLabels">Training labels [N].</param>
/// <param name="TestImages">Test images [N, H, W].</param>
/// <param name="TestLabels">Test labels [N].</param>
public sealed record IdxSource(string Name, string Folder, string Torchvision, string[] Mirrors, string[] ClassNames,
    PublishedFile TrainImages, PublishedFile TrainLabels, PublishedFile TestImages, PublishedFile TestLabels)
{
    /// <summary>MNIST: handwritten digits (LeCun, Cortes, Burges).</summary>
    public static readonly IdxSource Mnist = new(
        "MNIST",
        "mnist",
        "MNIST/raw",
        ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        DataSet.DigitNames,
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    /// <summary>Fashion-MNIST: articles of clothing (Xiao, Rasul, Vollgraf, 2017).</summary>
    public static readonly IdxSource FashionMnist = new(
        "Fashion-MNIST",
        "fashion-mnist",
        "FashionMNIST/raw",
        ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"],
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        new("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        new("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        new("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        new("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

    internal PublishedFile[] Files => [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>The first folder of the search that holds all four files, compressed or plain; null when none does.</summary>
    public string? Find(DataFolders folders) =>
        folders.Search.SelectMany(folder => new[] { Path.Combine(folder, Folder), Path.Combine(folder, Torchvision) }).FirstOrDefault(folder => Files.All(file => file.In(folder) is not null));

    /// <summary>Reads and verifies the data set, and downloads it first where it is not there yet.</summary>
    /// <param name="folders">Where to look.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="DataException">It cannot be had, or what is there is bad.</exception>
    public DataSet Load(DataFolders folders, CancellationToken cancellation = default)
    {
        using var mirrors = new MirrorDownload();
        return Load(folders, mirrors, cancellation);
    }

    internal DataSet Load(DataFolders folders, MirrorDownload mirrors, CancellationToken cancellation)
    {
        var folder = Find(folders);
        if (folder is null)
        {
            folder = Path.Combine(folders.Download, Folder);
            mirrors.Fetch(this, folder, cancellation);
        }
        return new DataSet(Read(folder, TrainImages, TrainLabels), Read(folder, TestImages, TestLabels));
    }

    private ImageSet Read(string folder, PublishedFile imagesFile, PublishedFile labelsFile)
    {
        var (imagesPath, labelsPath) = (imagesFile.In(folder)!, labelsFile.In(folder)!);
        var images = IdxFile.Read(imagesPath, dimensions: 3, imagesFile.Sha256);
        var labels = IdxFile.Read(labelsPath, dimensions: 1, labelsFile.Sha256);
        if (images.Shape[0] != labels.Shape[0])
            throw new DataException($"{imagesPath} has {images.Shape[0]} images, but {labelsPath} has {labels.Shape[0]} labels; delete both, so that they are downloaded again.");
        if (Array.FindIndex(labels.Values, label => label >= ClassNames.Length) is var bad and >= 0)
            throw new DataException($"{labelsPath}: label {bad} is {labels.Values[bad]}, above {ClassNames.Length - 1}; delete it, so that it is downloaded again.");
        return new ImageSet(Name, images.Values, labels.Values, 1, images.Shape[1], images.Shape[2], ClassNames, images.Sha256);
    }
}

/// <summary>A published file.</summary>
/// <param name="FileName">Its name when uncompressed; mirrors keep it with .gz behind it.</param>
/// <param name="Sha256">SHA-256 of the uncompressed content, in hexadecimal.</param>
public sealed record PublishedFile(string FileName, string Sha256)
{
    /// <summary>Its path in a folder, plain or compressed; null when it is not there.</summary>
    internal string? In(string folder) =>
        new[] { FileName, FileName + ".gz" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
