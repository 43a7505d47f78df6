namespace Fgsm.Data;

/// <summary>A published file.</summary>
/// <param name="FileName">Its name when uncompressed.</param>
/// <param name="Sha256">SHA-256 of the uncompressed content, in hexadecimal.</param>
public sealed record PublishedFile(string FileName, string Sha256)
{
    /// <summary>Its path in a folder, plain or compressed; null when it is not there.</summary>
    internal string? In(string folder) =>
        new[] { FileName, FileName + ".gz" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
