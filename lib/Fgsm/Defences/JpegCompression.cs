using System.Reflection;

namespace Fgsm.Defences;

/// <summary>
/// JPEG compression: every image is written as JPEG and read again. Small changes of high frequency are lost, and the gradient with them:
/// it is 0, so that an attack which asks for it learns nothing. <see cref="StraightThrough"/> gives it one.
/// Dziugaite, Ghahramani, Roy, "A Study of the Effect of JPG Compression on Adversarial Images", 2016, https://arxiv.org/abs/1608.00853.
/// <c>[N, C, H, W]</c>, 1 or 3 channels, pixels in [0,1], which are rounded to 255ths, to the same shape.
/// </summary>
/// <remarks>Libjpeg's quantisation tables for the quality, colours at half the resolution (4:2:0), as Pillow's default.</remarks>
/// <example><c>nn.Sequential(("jpeg", new JpegCompression(75)), ("cnn", model))</c></example>
public sealed class JpegCompression : nn.Module<Tensor, Tensor>
{
    private static readonly Func<byte[], int, int, int, byte[]> ThereAndBack =
        OwnLoader.Load(typeof(SkiaJpeg)).GetMethod(nameof(SkiaJpeg.ThereAndBack), BindingFlags.Static | BindingFlags.Public)!
            .CreateDelegate<Func<byte[], int, int, int, byte[]>>();

    private readonly int quality;

    /// <param name="quality">From 1, the smallest files, to 100, the best images.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is lower or higher.</exception>
    public JpegCompression(int quality = 75) : base("JpegCompression") => this.quality = quality is >= 1 and <= 100 ? quality
        : throw new ArgumentOutOfRangeException(nameof(quality), $"JpegCompression: quality must be from 1 to 100, got {quality}");

    /// <exception cref="ArgumentException">They are not images of 1 or 3 channels.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.ndim != 4 || input.shape[1] is not (1 or 3))
            throw new ArgumentException(
                $"JpegCompression: expected images [N, 1, H, W] or [N, 3, H, W], got [{string.Join(", ", input.shape)}]");
        var (channels, height, width) = ((int)input.shape[1], (int)input.shape[2], (int)input.shape[3]);
        var pixels = input.detach().cpu().contiguous().data<float>().ToArray();
        var size = channels * height * width;
        Parallel.For(0, (int)input.shape[0], image => Compress(pixels.AsSpan(image * size, size), height, width));
        // Added to it, the input's gradient is 0 and not missing.
        return tensor(pixels, input.shape).to(input.device) + input * 0f;
    }

    private void Compress(Span<float> planes, int height, int width)
    {
        var count = height * width;
        var (channels, stride) = planes.Length == count ? (1, 1) : (3, 4);
        var bytes = new byte[count * stride];
        for (var c = 0; c < channels; c++)
            for (var i = 0; i < count; i++)
                bytes[i * stride + c] = (byte)MathF.Round(255 * Math.Clamp(planes[c * count + i], 0, 1));
        bytes = ThereAndBack(bytes, width, height, quality);
        for (var c = 0; c < channels; c++)
            for (var i = 0; i < count; i++)
                planes[c * count + i] = bytes[i * stride + c] / 255f;
    }
}
