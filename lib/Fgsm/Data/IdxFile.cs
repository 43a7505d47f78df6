using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Fgsm.Data;

/// <summary>
/// The IDX format of MNIST (LeCun): two zero bytes, the type (8: bytes), the number of dimensions, each dimension as a
/// big-endian int32, then the values.
/// </summary>
/// <param name="Shape">The dimensions.</param>
/// <param name="Values">All values, the last dimension running fastest.</param>
/// <param name="Sha256">SHA-256 of the uncompressed file, in hexadecimal.</param>
public sealed record IdxFile(int[] Shape, byte[] Values, string Sha256)
{
    /// <summary>Reads a file, compressed (its name ends in .gz) or plain.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">How many dimensions it must have: 3 for images [N, H, W], 1 for labels [N].</param>
    /// <param name="sha256">What the uncompressed content must hash to, or null for no check.</param>
    /// <exception cref="DataException">The file cannot be read, or is not such a file.</exception>
    public static IdxFile Read(string path, int dimensions, string? sha256 = null)
    {
        var content = Content(path);
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        var (shape, start) = Header(path, content, dimensions);

        var expected = shape.Aggregate(1L, (product, size) => product * size);
        var found = content.Length - start;
        if (found < expected)
            throw Bad(path, $"is truncated: {found} of {expected} values");
        if (found > expected)
            throw Bad(path, $"has {found - expected} bytes after its {expected} values");
        if (sha256 is not null && actual != sha256)
            throw Bad(path, $"is not the published file: SHA-256 of its content is {actual}, expected {sha256}");
        return new IdxFile(shape, content[start..], actual);
    }

    private static (int[] Shape, int Start) Header(string path, byte[] content, int dimensions)
    {
        var start = 4 + 4 * dimensions;
        if (content.Length < 4)
            throw Bad(path, $"is truncated: {content.Length} bytes");
        var magic = BinaryPrimitives.ReadUInt32BigEndian(content);
        var expected = 0x0800u + (uint)dimensions;
        if (magic != expected)
            throw Bad(path, $"has the magic number 0x{magic:x8}, expected 0x{expected:x8} (bytes in {dimensions} dimensions)");
        if (content.Length < start)
            throw Bad(path, $"is truncated: {content.Length} bytes, its header has {start}");

        var shape = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4 + 4 * i));
            if (shape[i] is < 1 or > 1 << 24)
                throw Bad(path, $"has an impossible size, {shape[i]}, in dimension {i}");
        }
        return (shape, start);
    }

    private static byte[] Content(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var unpacked = new MemoryStream();
            content.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw Bad(path, $"is not a whole gzip file ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file; check the folder, or remove it so that the data set is downloaded again.", e) { IsMissing = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); check the file's permissions.", e);
        }
    }

    private static DataException Bad(string path, string what, Exception? inner = null) =>
        new($"{path}: {what}; delete it, so that it is downloaded again.", inner);
}
