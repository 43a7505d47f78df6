namespace Fgsm.Data;

/// <summary>A published data set: where it comes from, and how its files are laid out. A new data set is a new row here.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="ClassNames">A name for each label.</param>
/// <param name="Mirrors">
/// Where it can be downloaded, the first that answers: folders (each ends in a slash) that have every file with .gz behind its name,
/// or archives (each ends in .tar.gz) that have all files.
/// </param>
/// <param name="Layouts">In which it is read; a download makes the first.</param>
public sealed record DataSource(string Name, string[] ClassNames, string[] Mirrors, DataLayout[] Layouts)
{
    /// <summary>MNIST: handwritten digits (LeCun, Cortes, Burges).</summary>
    public static readonly DataSource Mnist = new(
        "MNIST",
        DataSet.DigitNames,
        ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        IdxFile.Layouts(["mnist", "MNIST/raw"],
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

    /// <summary>Fashion-MNIST: articles of clothing (Xiao, Rasul, Vollgraf, 2017).</summary>
    public static readonly DataSource FashionMnist = new(
        "Fashion-MNIST",
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"],
        IdxFile.Layouts(["fashion-mnist", "FashionMNIST/raw"],
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

    /// <summary>CIFAR-10: colour photographs of ten kinds of things, 32x32 (Krizhevsky, 2009).</summary>
    public static readonly DataSource Cifar10 = new(
        "CIFAR-10",
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
        CifarFile.Layouts(
            "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
            "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
            "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
            "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
            "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
            "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"));

    /// <summary>Every published data set that is read.</summary>
    public static IReadOnlyList<DataSource> All => [Mnist, FashionMnist, Cifar10];

    /// <summary>The first folder of the search that holds all files of a layout, compressed or plain; null when none does.</summary>
    public (DataLayout Layout, string Folder)? Find(DataFolders folders) => folders.Search
        .SelectMany(_ => Layouts, (folder, layout) => (Layout: layout, Folder: Path.Combine(folder, layout.Folder)))
        .Where(place => place.Layout.Files.All(file => file.In(place.Folder) is not null))
        .Select(place => ((DataLayout, string)?)place)
        .FirstOrDefault();

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
        var (layout, folder) = Find(folders) ?? (Layouts[0], mirrors.Fetch(this, folders.Download, cancellation));
        var set = new DataSet(layout.Read(this, folder, layout.Train), layout.Read(this, folder, layout.Test));
        // Reading leaves several times the set's own memory, and the collector gives it back only when it is asked to.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return set;
    }
}
