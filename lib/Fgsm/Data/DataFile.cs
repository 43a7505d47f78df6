using System.IO.Compression;
using System.Security.Cryptography;

namespace Fgsm.Data;

/// <summary>A file of a published data set, as it lies in a folder.</summary>
internal static class DataFile
{
    /// <summary>The content of a file that is compressed (its name ends in .gz) or plain.</summary>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static ReadOnlyMemory<byte> Content(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var unpacked = new MemoryStream(isPacked ? 0 : (int)file.Length);
            content.CopyTo(unpacked);
            return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
        }
        catch (InvalidDataException e)
        {
            throw Bad(path, $"is not a whole gzip file ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(
                $"{path}: no such file; check the folder, or remove it so that the data set is downloaded again.", e) { IsMissing = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); check the file's permissions.", e);
        }
    }

    /// <exception cref="DataException">The content of a file is not the published one.</exception>
    public static void RequireSha256(string path, ReadOnlySpan<byte> content, string expected)
    {
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        if (actual != expected)
            throw Bad(path, $"is not the published file: SHA-256 of its content is {actual}, expected {expected}");
    }

    public static DataException Bad(string path, string what, Exception? inner = null) =>
        new($"{path}: {what}; delete it, so that it is downloaded again.", inner);
}
