using System.Buffers.Binary;
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
    private const int Alignment = 64, Version = 20, NamesAreUtf8 = 1 << 11, FirstOfJanuary1980 = 33;

    private readonly MemoryStream directory = new();
    private long position;
    private int entries;

    /// <exception cref="IOException">The archive would pass 4 GB or 65,535 entries.</exception>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        if (position + content.Length > uint.MaxValue - (1 << 20) || entries == ushort.MaxValue)
            throw new IOException("more than 4 GB or 65,535 tensors are not supported");
        var header = position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var padding = (int)(-(header + 30 + nameBytes.Length + 4) & (Alignment - 1));
        var checksum = Crc32.HashToUInt32(content);

        using var entry = new MemoryStream();
        entry.Write("PK\x03\x04"u8);
        WriteDescription(entry, checksum, content.Length, nameBytes.Length);
        Write16(entry, 4 + padding);
        entry.Write(nameBytes);
        // An extra field that says nothing, under PyTorch's own identifier for it.
        entry.Write("FB"u8);
        Write16(entry, padding);
        entry.Write(new byte[padding]);
        entry.WriteTo(stream);
        stream.Write(content);
        position += entry.Length + content.Length;

        directory.Write("PK\x01\x02"u8);
        Write16(directory, Version);
        WriteDescription(directory, checksum, content.Length, nameBytes.Length);
        directory.Write(new byte[12]);
        Write32(directory, header);
        directory.Write(nameBytes);
        entries++;
    }

    /// <summary>Writes the central directory.</summary>
    public void Finish()
    {
        directory.WriteTo(stream);
        stream.Write("PK\x05\x06"u8);
        Write32(stream, 0);
        Write16(stream, entries);
        Write16(stream, entries);
        Write32(stream, directory.Length);
        Write32(stream, position);
        Write16(stream, 0);
    }

    private static void WriteDescription(Stream to, uint checksum, long size, int nameLength)
    {
        Write16(to, Version);
        Write16(to, NamesAreUtf8);
        Write32(to, 0);
        Write16(to, FirstOfJanuary1980);
        Write32(to, checksum);
        Write32(to, size);
        Write32(to, size);
        Write16(to, nameLength);
    }

    private static void Write16(Stream to, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        to.Write(bytes);
    }

    private static void Write32(Stream to, long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
        to.Write(bytes);
    }
}
