using System.Buffers.Binary;
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
    /// <summary>A data set of four such files, in one of several folders, with SHA-256 of their contents.</summary>
    internal static DataLayout[] Layouts(string[] folders, string trainImages, string trainLabels, string testImages, string testLabels) =>
        Array.ConvertAll(folders, folder => new DataLayout(
            folder,
            [new("train-images-idx3-ubyte", trainImages), new("train-labels-idx1-ubyte", trainLabels)],
            [new("t10k-images-idx3-ubyte", testImages), new("t10k-labels-idx1-ubyte", testLabels)],
            ReadSet));

    private static ImageSet ReadSet(DataSource source, string folder, PublishedFile[] files)
    {
        var (imagesPath, labelsPath) = (files[0].In(folder)!, files[1].In(folder)!);
        var images = Read(imagesPath, dimensions: 3, files[0].Sha256);
        var labels = Read(labelsPath, dimensions: 1, files[1].Sha256);
        if (images.Shape[0] != labels.Shape[0])
            throw new DataException($"{imagesPath} has {images.Shape[0]} images, but {labelsPath} has {labels.Shape[0]} labels; delete both, so that they are downloaded again.");
        var last = source.ClassNames.Length - 1;
        if (Array.FindIndex(labels.Values, label => label > last) is var bad and >= 0)
            throw DataFile.Bad(labelsPath, $"label {bad} is {labels.Values[bad]}, above {last}");
        return new ImageSet(source.Name, images.Values, Array.ConvertAll(labels.Values, label => (int)label), 1, images.Shape[1], images.Shape[2],
            source.ClassNames, images.Sha256);
    }

    /// <summary>Reads a file, compressed (its name ends in .gz) or plain.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">How many dimensions it must have: 3 for images [N, H, W], 1 for labels [N].</param>
    /// <param name="sha256">What the uncompressed content must hash to, or null for no check.</param>
    /// <exception cref="DataException">The file cannot be read, or is not such a file.</exception>
    public static IdxFile Read(string path, int dimensions, string? sha256 = null)
    {
        var content = DataFile.Content(path).Span;
        var (shape, start) = Header(path, content, dimensions);

        var expected = shape.Aggregate(1L, (product, size) => product * size);
        var found = content.Length - start;
        if (found < expected)
            throw DataFile.Bad(path, $"is truncated: {found} of {expected} values");
        if (found > expected)
            throw DataFile.Bad(path, $"has {found - expected} bytes after its {expected} values");
        if (sha256 is not null)
            DataFile.RequireSha256(path, content, sha256);
        return new IdxFile(shape, content[start..].ToArray(), sha256 ?? Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static (int[] Shape, int Start) Header(string path, ReadOnlySpan<byte> content, int dimensions)
    {
        var start = 4 + 4 * dimensions;
        if (content.Length < 4)
            throw DataFile.Bad(path, $"is truncated: {content.Length} bytes");
        var magic = BinaryPrimitives.ReadUInt32BigEndian(content);
        var expected = 0x0800u + (uint)dimensions;
        if (magic != expected)
            throw DataFile.Bad(path, $"has the magic number 0x{magic:x8}, expected 0x{expected:x8} (bytes in {dimensions} dimensions)");
        if (content.Length < start)
            throw DataFile.Bad(path, $"is truncated: {content.Length} bytes, its header has {start}");

        var shape = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(content[(4 + 4 * i)..]);
            if (shape[i] is < 1 or > 1 << 24)
                throw DataFile.Bad(path, $"has an impossible size, {shape[i]}, in dimension {i}");
        }
        return (shape, start);
    }
}
