using System.Runtime.Intrinsics.X86;

namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// Images with the channels innermost, <c>[y, x, channel]</c>: a vector then holds channels of one pixel, whatever the image's
/// width. The kernels work on these.
/// </summary>
internal static unsafe class ChannelsLast
{
    /// <summary>Some rows of an image, as <see cref="Activation.ReadPixels"/> gives them.</summary>
    public delegate void Source(int image, int first, int rows, float* target, int rowLength, int pitch);

    /// <summary>Rows of an image with zeros around it; <paramref name="top"/> counts from the first row of the padding.</summary>
    public static void Pad(
        Source source, int image, int height, (int Height, int Width) padding, int top, int rows, float* target, int rowLength, int pitch)
    {
        new Span<float>(target, rows * rowLength).Clear();
        var (first, last) = (Math.Max(0, top - padding.Height), Math.Min(height, top + rows - padding.Height));
        if (first < last)
            source(
                image, first, last - first, target + (first + padding.Height - top) * rowLength + padding.Width * pitch, rowLength, pitch);
    }

    /// <summary>Copies the first channels of each pixel; pixels lie <paramref name="from"/> and <paramref name="to"/> apart.</summary>
    public static void Copy(float* source, int from, float* target, int to, int pixels, int channels) =>
        Threads.Ranges(pixels, Math.Max(1, Elementwise.Grain / channels), (first, last) =>
        {
            for (var i = (nint)first; i < last; i++)
                new ReadOnlySpan<float>(source + i * from, channels).CopyTo(new Span<float>(target + i * to, channels));
        });

    /// <summary>target[x * pitch + c] = source[c * plane + x], and zeros from the last channel up to the pitch.</summary>
    public static void FromPlanes(float* source, int plane, int channels, int width, float* target, int pitch)
    {
        if (pitch == 1)
            new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
        else
            Gemm.Pack(channels, pitch, width, source, plane, 1, target);
    }

    /// <summary>target[c * plane + x] = source[x * pitch + c].</summary>
    public static void ToPlanes(float* source, nint pitch, int channels, int width, float* target, nint plane)
    {
        var c = 0;
        if (width >= 8 && Avx.IsSupported)
            for (; c <= channels - 4; c += 4)
                for (int x = 0, last = width - 8; x <= last; x = x == last ? width : Math.Min(x + 8, last))
                    Shuffles.Transpose8(source + x * pitch + c, pitch, target + c * plane + x, plane);
        if (width >= 4)
            for (; c <= channels - 4; c += 4)
                // The last block overlaps the one before: what is written twice is the same.
                for (int x = 0, last = width - 4; x <= last; x = x == last ? width : Math.Min(x + 4, last))
                    Shuffles.Transpose(source + x * pitch + c, pitch, target + c * plane + x, plane);
        for (; c < channels; c++)
            for (var x = 0; x < width; x++)
                target[c * plane + x] = source[x * pitch + c];
    }
}
