using System.Buffers;

namespace Fgsm.Data;

/// <summary>
/// torchvision's <c>Resize</c> and <c>CenterCrop</c> of an image file: the shorter side becomes as long as asked for, by PIL's bilinear
/// filter, and the middle is cut out. The filter is a triangle that grows with the reduction (antialias), in whole numbers as PIL
/// computes it (Pillow, Resample.c), so that every pixel is PIL's.
/// </summary>
internal static class Resizing
{
    private const int FractionBits = 32 - 8 - 2;

    /// <param name="pixels">Row by row, 4 bytes each, of which the first three are taken.</param>
    /// <param name="resize">The shorter side after resizing.</param>
    /// <param name="crop">The side of the square in the middle, at most <paramref name="resize"/>.</param>
    /// <param name="planes">Gets [3, crop, crop].</param>
    public static void Write(byte[] pixels, int width, int height, int resize, int crop, Span<byte> planes)
    {
        var shorter = Math.Min(width, height);
        var columns = Middle(width, (int)((long)resize * width / shorter), crop);
        var rows = Middle(height, (int)((long)resize * height / shorter), crop);
        var (top, bottom) = (rows[0].First, rows[^1].First + rows[^1].Weights.Length);

        // First along the rows, then along the columns; PIL rounds to bytes in between.
        var plane = (bottom - top) * crop;
        var narrow = ArrayPool<byte>.Shared.Rent(3 * plane);
        for (var y = top; y < bottom; y++)
        {
            for (var x = 0; x < crop; x++)
            {
                var (first, weights) = columns[x];
                var (red, green, blue) = (0, 0, 0);
                for (var i = 0; i < weights.Length; i++)
                {
                    var pixel = pixels.AsSpan((y * width + first + i) * 4, 3);
                    red += pixel[0] * weights[i];
                    green += pixel[1] * weights[i];
                    blue += pixel[2] * weights[i];
                }
                var place = (y - top) * crop + x;
                (narrow[place], narrow[plane + place], narrow[2 * plane + place]) = (Round(red), Round(green), Round(blue));
            }
        }
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < crop; y++)
            {
                var (first, weights) = rows[y];
                for (var x = 0; x < crop; x++)
                {
                    var (sum, place) = (0, channel * plane + (first - top) * crop + x);
                    for (var i = 0; i < weights.Length; i++)
                        sum += narrow[place + i * crop] * weights[i];
                    planes[(channel * crop + y) * crop + x] = Round(sum);
                }
            }
        }
        ArrayPool<byte>.Shared.Return(narrow);
    }

    private static byte Round(int sum) => (byte)Math.Clamp((sum + (1 << (FractionBits - 1))) >> FractionBits, 0, 255);

    /// <summary>
    /// The middle of a line that is resized from one length to another: for each place the first pixel it is made of, and the weights.
    /// </summary>
    private static (int First, int[] Weights)[] Middle(int from, int to, int crop)
    {
        var start = (int)Math.Round((to - crop) / 2.0);
        var scale = (double)from / to;
        var support = Math.Max(scale, 1);
        var steepness = 1 / support;
        return [.. Enumerable.Range(start, crop).Select(place =>
        {
            var center = (place + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var last = Math.Min(from, (int)(center + support + 0.5));
            var weights = new double[last - first];
            for (var i = 0; i < weights.Length; i++)
                weights[i] = Math.Max(0, 1 - Math.Abs((first + i - center + 0.5) * steepness));
            var sum = weights.Sum();
            return (first, Array.ConvertAll(weights, weight => (int)(0.5 + weight / sum * (1 << FractionBits))));
        })];
    }
}
