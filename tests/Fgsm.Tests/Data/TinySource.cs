using System.IO.Compression;
using System.Security.Cryptography;
using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>A published data set of a handful of images, made on the spot, with its true checksums.</summary>
internal sealed class TinySource
{
    public TinySource(int images = 3, int labels = 3, byte lastLabel = 9)
    {
        Contents = new()
        {
            ["train-images-idx3-ubyte"] = Images(images),
            ["train-labels-idx1-ubyte"] = Labels(labels, lastLabel),
            ["t10k-images-idx3-ubyte"] = Images(images),
            ["t10k-labels-idx1-ubyte"] = Labels(labels, lastLabel),
        };
        var digests = Contents.Values.Select(content => Convert.ToHexStringLower(SHA256.HashData(content))).ToArray();
        Source = new DataSource("Tiny", DataSource.Mnist.ClassNames, ["https://first.example/", "https://second.example/"],
            IdxFile.Layouts(["tiny", "Tiny/raw"], digests[0], digests[1], digests[2], digests[3]));
    }

    public Dictionary<string, byte[]> Contents { get; }

    public DataSource Source { get; }

    public void WriteTo(string dataFolder, string subfolder = "tiny")
    {
        Directory.CreateDirectory(Path.Combine(dataFolder, subfolder));
        foreach (var (name, content) in Contents)
            File.WriteAllBytes(Path.Combine(dataFolder, subfolder, name), content);
    }

    public static DataFolders Only(string folder) => new([folder], folder);

    /// <summary>[N, 2, 2], counting up from 0.</summary>
    public static byte[] Images(int count) =>
        [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, 4 * count).Select(i => (byte)i)];

    public static byte[] Labels(int count, byte last) =>
        [0, 0, 8, 1, 0, 0, 0, (byte)count, .. Enumerable.Range(0, count).Select(i => i == count - 1 ? last : (byte)i)];

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }
}
