using System.IO.Hashing;
using System.Text;

namespace Fgsm.Tensors.Files;

/// <summary>
/// Writes a ZIP archive as PyTorch does: nothing is compressed, no times, and each entry's content begins at a multiple of 64
/// bytes, so that it can be mapped into memory (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16). The framework's writer
/// cannot align.
/// </summary>
/// <param name="stream">At its beginning.</param>
internal sealed class ZipWriter(Stream stream)
{
    private const int Alignment = 64;
    private const ushort Version = 20, NamesAreUtf8 = 1 << 11, FirstOfJanuary1980 = 33;

    private readonly BinaryWriter archive = new(stream);
    private readonly MemoryStream directory = new();
    private long position;
    private ushort entries;

    /// <exception cref="IOException">The archive would pass 4 GB or 65,535 entries.</exception>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        if (position + content.Length > uint.MaxValue - (1 << 20) || entries == ushort.MaxValue)
            throw new IOException("more than 4 GB or 65,535 tensors are not supported");
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var padding = (ushort)(-(position + 30 + nameBytes.Length + 4) & (Alignment - 1));
        var checksum = Crc32.HashToUInt32(content);

        archive.Write("PK\x03\x04"u8);
        WriteDescription(archive, checksum, content.Length, nameBytes);
        archive.Write((ushort)(4 + padding));
        archive.Write(nameBytes);
        // An extra field that says nothing, under PyTorch's own identifier for it.
        archive.Write("FB"u8);
        archive.Write(padding);
        archive.Write(new byte[padding]);
        archive.Write(content);

        var entry = new BinaryWriter(directory);
        entry.Write("PK\x01\x02"u8);
        entry.Write(Version);
        WriteDescription(entry, checksum, content.Length, nameBytes);
        entry.Write(new byte[12]);
        entry.Write((uint)position);
        entry.Write(nameBytes);
        entries++;
        position += 30 + nameBytes.Length + 4 + padding + content.Length;
    }

    /// <summary>Writes the central directory.</summary>
    public void Finish()
    {
        archive.Write(directory.ToArray());
        archive.Write("PK\x05\x06"u8);
        archive.Write(0);
        archive.Write(entries);
        archive.Write(entries);
        archive.Write((uint)directory.Length);
        archive.Write((uint)position);
        archive.Write((ushort)0);
    }

    private static void WriteDescription(BinaryWriter to, uint checksum, int size, byte[] name)
    {
        to.Write(Version);
        to.Write(NamesAreUtf8);
        to.Write(0);
        to.Write(FirstOfJanuary1980);
        to.Write(checksum);
        to.Write(size);
        to.Write(size);
        to.Write((ushort)name.Length);
    }
}
