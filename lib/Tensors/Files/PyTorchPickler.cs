using System.Collections;

namespace Fgsm.Tensors;

/// <summary>Writes what <c>torch.load</c> reads, with <c>weights_only=True</c> too.</summary>
public static class PyTorchPickler
{
    /// <summary>Writes a dictionary in the ZIP format of PyTorch 1.6 and later, with the same bytes for the same values.</summary>
    /// <param name="file">Appears whole: it is written under a temporary name, then renamed.</param>
    /// <param name="source">
    /// Tensors, numbers, texts, bool, null, and dictionaries, lists and tuples of these; an <c>object[]</c> is a tuple. Tensors on the
    /// same memory share it in the file.
    /// </param>
    /// <exception cref="TensorFileException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A value is none of these.</exception>
    public static void PickleStateDict(string file, IDictionary source)
    {
        var (pickle, storages) = PickleWriter.Write(source);
        TensorFile.Write(file, stream =>
        {
            var archive = new ZipWriter(stream);
            archive.Add("archive/data.pkl", pickle);
            archive.Add("archive/byteorder", "little"u8);
            foreach (var (key, elements) in storages)
            {
                using (elements)
                    archive.Add($"archive/data/{key}", ElementType.Bytes(elements));
            }
            archive.Add("archive/version", "3\n"u8);
            archive.Finish();
        });
    }
}
