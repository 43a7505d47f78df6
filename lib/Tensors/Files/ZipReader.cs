using System.IO.Compression;
using System.IO.Hashing;

namespace Fgsm.Tensors.Files;

/// <summary>
/// The archive of a .pth file: a folder with <c>data.pkl</c> and <c>data/0</c>, <c>data/1</c>, ... in it. Nothing is unpacked to disk,
/// so an entry may have any name.
/// </summary>
internal sealed class ZipReader : IDisposable
{
    private const string Pickle = "data.pkl";

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly string folder;

    /// <exception cref="InvalidDataException">It is no archive, or not PyTorch's.</exception>
    public ZipReader(Stream stream)
    {
        archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in archive.Entries)
        {
            if (!entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"it has two entries {Text.Quoted(entry.FullName)}");
        }
        var pickles = entries.Keys.Where(name => name.EndsWith("/" + Pickle, StringComparison.Ordinal) && name.Count(c => c == '/') == 1)
            .ToList();
        folder = pickles.Count == 1 ? pickles[0][..^Pickle.Length]
            : throw new InvalidDataException("it is a ZIP archive, but without the data.pkl of a PyTorch file");
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw new InvalidDataException("it is a TorchScript program, not a state dictionary; save model.state_dict() instead");
        if (entries.ContainsKey(folder + "byteorder") && !Read("byteorder", 16).AsSpan().SequenceEqual("little"u8))
            throw new InvalidDataException("it was written by a big-endian machine, which is not supported");
    }

    public byte[] ReadPickle() => Read(Pickle, PickleReader.MaxBytes);

    private byte[] Read(string name, long longest)
    {
        var entry = Find(name);
        if (entry.Length > longest)
            throw new InvalidDataException($"its entry {name} is longer than {longest} bytes");
        var bytes = new byte[entry.Length];
        Read(entry, stream => stream.ReadExactly(bytes));
        return bytes;
    }

    public void Fill(SavedStorage storage)
    {
        var entry = Find("data/" + storage.Key);
        if (entry.Length != storage.Bytes)
            throw new InvalidDataException($"storage {Text.Quoted(storage.Key)} has {entry.Length} bytes; expected {storage.Bytes}");
        Read(entry, stream => storage.Type.Read(stream, storage.Elements));
    }

    private static void Read(ZipArchiveEntry entry, Action<Stream> read)
    {
        var checksum = new Crc32();
        using (var content = entry.Open())
            checksum.Append(content);
        if (checksum.GetCurrentHashAsUInt32() != entry.Crc32)
            throw new InvalidDataException($"its entry {Text.Quoted(entry.FullName)} is damaged: the checksum differs");
        using var stream = entry.Open();
        read(stream);
    }

    private ZipArchiveEntry Find(string name)
    {
        var entry = entries.GetValueOrDefault(folder + name) ?? throw new InvalidDataException($"it has no entry {Text.Quoted(name)}");
        // PyTorch does not compress; what is compressed could unfold to any length.
        return entry.CompressedLength == entry.Length && !entry.IsEncrypted
            ? entry
            : throw new InvalidDataException($"its entry {Text.Quoted(name)} is compressed or encrypted, which PyTorch's are not");
    }

    public void Dispose() => archive.Dispose();
}
