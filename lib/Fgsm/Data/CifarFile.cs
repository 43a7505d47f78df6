using System.Collections;
using System.Security.Cryptography;
using System.Text;
using Razorvine.Pickle;

namespace Fgsm.Data;

/// <summary>
/// The batches of CIFAR-10 (Krizhevsky). Binary: an image is a byte of its label, then 3,072 of its red, green and blue pixels, 32x32.
/// Python: a pickled dictionary with the list "labels" and the NumPy array "data", <c>[N, 3072]</c>, the same images in the same
/// order, so one checksum fits both.
/// </summary>
internal static class CifarFile
{
    private const int Side = 32, Pixels = 3 * Side * Side, Image = 1 + Pixels;

    static CifarFile()
    {
        foreach (var module in new[] { "numpy.core.multiarray", "numpy._core.multiarray" })
            Unpickler.registerConstructor(module, "_reconstruct", new PickledNumPy());
        Unpickler.registerConstructor("numpy", "dtype", new PickledNumPy());
    }

    /// <summary>CIFAR-10 in its two layouts, with SHA-256 of the binary batches: five for training, and the test batch.</summary>
    public static DataLayout[] Layouts(params string[] sha256) =>
    [
        Layout("cifar-10-batches-bin", ".bin", path => DataFile.Content(path), sha256),
        Layout("cifar-10-batches-py", "", Unpickle, sha256),
    ];

    private static DataLayout Layout(string folder, string ending, Func<string, ReadOnlyMemory<byte>> content, string[] sha256) => new(
        folder,
        [.. sha256[..^1].Select((digest, i) => new PublishedFile($"data_batch_{i + 1}{ending}", digest))],
        [new($"test_batch{ending}", sha256[^1])],
        (source, folder, files) => ReadSet(source, folder, files, content));

    private static ImageSet ReadSet(DataSource source, string folder, PublishedFile[] files, Func<string, ReadOnlyMemory<byte>> content)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (pixels, labels) = (Array.Empty<byte>(), new List<int>());
        foreach (var file in files)
        {
            var path = file.In(folder)!;
            var batch = content(path).Span;
            DataFile.RequireSha256(path, batch, file.Sha256);
            all.AppendData(batch);
            // Every batch has as many images as the first.
            if (pixels.Length == 0)
                pixels = new byte[files.Length * (batch.Length / Image) * Pixels];
            for (; batch.Length > 0; batch = batch[Image..])
            {
                batch.Slice(1, Pixels).CopyTo(pixels.AsSpan(labels.Count * Pixels));
                labels.Add(batch[0]);
            }
        }
        return new ImageSet(source.Name, pixels, [.. labels], 3, Side, Side, source.ClassNames,
            Convert.ToHexStringLower(all.GetHashAndReset()));
    }

    /// <summary>A Python batch as the binary one.</summary>
    private static ReadOnlyMemory<byte> Unpickle(string path)
    {
        var content = DataFile.Content(path);
        try
        {
            using var unpickler = new Unpickler();
            var batch = (Hashtable)unpickler.loads(content);
            var (labels, pixels) = ((ArrayList)batch["labels"]!, ((PickledNumPy)batch["data"]!).Bytes);
            var binary = new byte[labels.Count * Image];
            for (var i = 0; i < labels.Count; i++)
            {
                binary[i * Image] = Convert.ToByte(labels[i]);
                pixels.AsSpan(i * Pixels, Pixels).CopyTo(binary.AsSpan(i * Image + 1));
            }
            return binary;
        }
        // What a damaged pickle makes the unpickler throw, it does not say.
        catch (Exception e) when (e is not DataException)
        {
            throw DataFile.Bad(path, $"is not a pickled batch of CIFAR-10 ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>A NumPy array or type as it is pickled: made empty, then given its state.</summary>
    private sealed class PickledNumPy : IObjectConstructor
    {
        private object?[] state = [];

        /// <summary>
        /// The values of an array. Its state is (version, shape, type, column by column, values); Python 2 writes them as text.
        /// </summary>
        public byte[] Bytes => state[4] as byte[] ?? Encoding.Latin1.GetBytes((string)state[4]!);

        public object construct(object[] args) => new PickledNumPy();

        public void __setstate__(object?[] given) => state = given;
    }
}
