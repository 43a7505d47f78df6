using System.Buffers.Binary;
using System.IO.Compression;

namespace Fgsm.Results.Tests;

public class PngTests
{
    [Fact]
    public void Encode_WritesInterleavedPixelsAfterAFilterByte()
    {
        // [3, 2, 1]: red plane 1 2, green plane 3 4, blue plane 5 6.
        var png = Png.Encode(new Picture([1, 2, 3, 4, 5, 6], 3, 2, 1));
        var chunks = Chunks(png);

        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(c => c.Type));
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2, 8, 2, 0, 0, 0], chunks[0].Data);
        using var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        zlib.CopyTo(lines);
        Assert.Equal([0, 1, 3, 5, 0, 2, 4, 6], lines.ToArray());
    }

    [Fact]
    public void Encode_EndsWithThePublishedChecksumOfAnEmptyEnd() =>
        // The last 12 bytes of every PNG file in the world.
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], Png.Encode(new Picture([0], 1, 1, 1))[^12..]);

    private static List<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            chunks.Add((System.Text.Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }
}
