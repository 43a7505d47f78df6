namespace Fgsm.Data;

/// <summary>A folder of files in which a published data set lies in a data folder.</summary>
/// <param name="Folder">Its path there.</param>
/// <param name="Train">The files of the training set.</param>
/// <param name="Test">The files of the test set.</param>
/// <param name="Read">Reads and verifies one of the two sets: its source, the folder where the files are, and the files.</param>
public sealed record DataLayout(
    string Folder, PublishedFile[] Train, PublishedFile[] Test, Func<DataSource, string, PublishedFile[], ImageSet> Read)
{
    internal PublishedFile[] Files => [.. Train, .. Test];
}
