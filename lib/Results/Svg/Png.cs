using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Fgsm.Results.Svg;

/// <summary>Writes a picture as PNG (W3C, PNG specification, third edition): 8 bits, grey or RGB, no filter.</summary>
internal static class Png
{
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] Encode(Picture picture)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), picture.Height);
        header[8] = 8;
        header[9] = (byte)(picture.Channels == 1 ? 0 : 2);

        using var png = new MemoryStream();
        png.Write(Signature);
        Chunk(png, "IHDR", header);
        Chunk(png, "IDAT", Compress(Scanlines(picture)));
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    // From planes [C, H, W] to lines of interleaved pixels, each after its filter byte 0.
    private static byte[] Scanlines(Picture picture)
    {
        var (channels, height, width) = (picture.Channels, picture.Height, picture.Width);
        var stride = 1 + width * channels;
        var lines = new byte[height * stride];
        for (var c = 0; c < channels; c++)
            for (var row = 0; row < height; row++)
                for (var column = 0; column < width; column++)
                    lines[row * stride + 1 + column * channels + c] = picture.Pixels[(c * height + row) * width + column];
        return lines;
    }

    private static byte[] Compress(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize))
            zlib.Write(data);
        return compressed.ToArray();
    }

    private static void Chunk(Stream png, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        png.Write(number);
    }
}
