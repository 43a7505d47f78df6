using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Fgsm.Data;

/// <summary>Decodes JPEG and PNG files. It runs in a loader of its own, so it shares no types with the rest of the library.</summary>
internal static class SkiaDecoder
{
    // 4 bytes a pixel must fit an array.
    private const long MostPixels = 1 << 28;

    /// <summary>
    /// The pixels of a file's content as stored, row by row, 4 bytes each: red, green, blue and opacity. Neither the colour profile nor
    /// the orientation that the file may name is applied.
    /// </summary>
    /// <returns>
    /// An array at least as long as it must be, rented from the shared pool, and what is wrong with the file; null when nothing is.
    /// </returns>
    public static (byte[] Pixels, int Width, int Height, string? Problem) Decode(byte[] content)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return ([], 0, 0, "is no JPEG or PNG file");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MostPixels)
            return ([], 0, 0, $"is too large, {width}x{height}");
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var pixels = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        var pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        var result = codec.GetPixels(info, pinned.AddrOfPinnedObject());
        pinned.Free();
        return (pixels, width, height, result == SKCodecResult.Success ? null : $"is damaged ({result})");
    }
}
