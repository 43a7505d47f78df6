using System.Buffers;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Fgsm.Data;

/// <summary>Image files of any size, decoded to one size whenever they are asked for, on all cores.</summary>
/// <param name="paths">JPEG or PNG.</param>
/// <param name="resize">The shorter side after resizing.</param>
/// <param name="crop">The side of the square in the middle that is kept.</param>
internal sealed class ImageFiles(string[] paths, int resize, int crop)
{
    // Enough work for all cores, and 10 MB at 224x224.
    private const int DigestedAtOnce = 64;

    private static readonly Func<byte[], (byte[] Pixels, int Width, int Height, string? Problem)> DecodeFile =
        OwnLoader.Load(typeof(SkiaDecoder)).GetMethod(nameof(SkiaDecoder.Decode), BindingFlags.Static | BindingFlags.Public)!
            .CreateDelegate<Func<byte[], (byte[], int, int, string?)>>();

    public int Count => paths.Length;
    public int Side => crop;

    public ImageFiles this[Range range] => new(paths[range], resize, crop);

    public ImageFiles Take(long[] images) => new(Array.ConvertAll(images, i => paths[i]), resize, crop);

    /// <summary>Their pixels, <c>[N, 3, H, W]</c>.</summary>
    /// <exception cref="DataException">A file cannot be read, or is damaged.</exception>
    public byte[] Decode()
    {
        var size = 3 * crop * crop;
        var pixels = new byte[Count * size];
        try
        {
            Parallel.For(0, Count, i => Decode(paths[i], pixels.AsSpan(i * size, size)));
            return pixels;
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    /// <summary>SHA-256 of all pixels, in hexadecimal.</summary>
    /// <inheritdoc cref="Decode()"/>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var start = 0; start < Count; start += DigestedAtOnce)
            hash.AppendData(this[start..Math.Min(Count, start + DigestedAtOnce)].Decode());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Decode(string path, Span<byte> planes)
    {
        var (pixels, width, height, problem) = DecodeFile(Content(path));
        if (problem is not null)
            throw new DataException($"{path}: {problem}; put a whole image there, or remove it.");
        Resizing.Write(pixels, width, height, resize, crop, planes);
        ArrayPool<byte>.Shared.Return(pixels);
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); check the file and its permissions.", e);
        }
    }
}
