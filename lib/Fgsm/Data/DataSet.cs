namespace Fgsm.Data;

/// <summary>A training set and a test set that belong together.</summary>
/// <param name="Train">What models learn from.</param>
/// <param name="Test">What they are measured on.</param>
public sealed record DataSet(ImageSet Train, ImageSet Test)
{
    internal static readonly string[] DigitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>What tables call the set.</summary>
    public string Name => Test.Name;

    /// <summary>True for images that the project drew itself.</summary>
    public bool IsSynthetic => Test.IsSynthetic;

    /// <summary>Why these images are not the ones asked for: one line for the reader; null when they are.</summary>
    public string? Notice { get; init; }

    /// <summary>MNIST, read from where it is found, else downloaded.</summary>
    /// <param name="folder">A data folder to look in first; null for the standard search of <see cref="DataFolders"/>.</param>
    /// <param name="progress">Told how a download goes, or null.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="DataException">It cannot be had, or what is there is bad.</exception>
    public static DataSet Mnist(string? folder = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        IdxSource.Mnist.Load(DataFolders.Standard(folder), progress, cancellation);

    /// <summary>Fashion-MNIST, read from where it is found, else downloaded.</summary>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet FashionMnist(string? folder = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        IdxSource.FashionMnist.Load(DataFolders.Standard(folder), progress, cancellation);

    /// <summary>
    /// MNIST; where it cannot be had, digits that the project draws itself, with the reason in <see cref="Notice"/>.
    /// Bad files are never passed over: they throw.
    /// </summary>
    /// <inheritdoc cref="Mnist"/>
    public static DataSet MnistOrSynthetic(string? folder = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            return Mnist(folder, progress, cancellation);
        }
        catch (DataException e) when (e.IsMissing)
        {
            return SyntheticDigits.Draw() with { Notice = $"{e.Message} Meanwhile, the digits are drawn by the project itself." };
        }
    }

    /// <summary>A title that says on which data a result was taken: "Baseline (MNIST)".</summary>
    public string Title(string title) => $"{title} ({Name})";
}
