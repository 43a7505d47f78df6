using System.Runtime.InteropServices;
using SkiaSharp;

namespace Fgsm.Data;

/// <summary>Writes images as JPEG and reads them again. It runs in a loader of its own, as <see cref="SkiaDecoder"/>.</summary>
internal static class SkiaJpeg
{
    /// <param name="pixels">Row by row: one byte a pixel, or red, green, blue and a fourth that is not looked at.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="quality">From 0 to 100, libjpeg's; colours are written at half the resolution (4:2:0).</param>
    /// <returns>The pixels of the JPEG file, in the same order.</returns>
    public static byte[] ThereAndBack(byte[] pixels, int width, int height, int quality)
    {
        var grey = pixels.Length == width * height;
        var info = new SKImageInfo(width, height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, pixels, info.RowBytes);
        using var file = image.Encode(SKEncodedImageFormat.Jpeg, quality);
        using var codec = SKCodec.Create(file);
        var back = new byte[pixels.Length];
        var pinned = GCHandle.Alloc(back, GCHandleType.Pinned);
        var result = codec.GetPixels(info, pinned.AddrOfPinnedObject());
        pinned.Free();
        return result == SKCodecResult.Success ? back : throw new InvalidOperationException($"SkiaSharp cannot read its own JPEG ({result})");
    }
}
