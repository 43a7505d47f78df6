namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// The windows of a pooling along one dimension. Window i has the elements <c>Starts[i]</c>, <c>Starts[i] + Step</c>, ... before
/// <c>Ends[i]</c>, all of them inside the image; the first is term <c>Firsts[i]</c> of the kernel.
/// </summary>
internal sealed record Windows(int[] Starts, int[] Ends, int[] Firsts, int Step = 1)
{
    public int Count => Starts.Length;

    /// <summary>Windows of one size, at a stride; what they have of the padding is left out.</summary>
    /// <param name="ceil">Whether a window that begins inside of the image or the padding before it counts, though it ends outside.</param>
    public static Windows Of(int length, int kernel, int stride, int padding, int dilation, bool ceil)
    {
        var reach = dilation * (kernel - 1);
        var count = (length + 2 * padding - reach - 1 + (ceil ? stride - 1 : 0)) / stride + 1;
        if (ceil && (count - 1) * stride >= length + padding)
            count--;
        var from = Enumerable.Range(0, count).Select(i => i * stride - padding).ToArray();
        var firsts = Array.ConvertAll(from, start => start >= 0 ? 0 : (dilation - 1 - start) / dilation);
        return new([.. from.Zip(firsts, (start, first) => start + first * dilation)],
            Array.ConvertAll(from, start => Math.Min(length, start + reach + 1)), firsts, dilation);
    }

    /// <summary>Windows that share <paramref name="length"/> as evenly as they can.</summary>
    public static Windows Adaptive(int length, int count) => new(
        [.. Enumerable.Range(0, count).Select(i => (int)((long)i * length / count))],
        [.. Enumerable.Range(0, count).Select(i => (int)(((long)(i + 1) * length + count - 1) / count))], new int[count]);
}

/// <summary>
/// Average and maximum pooling. A vector holds channels of one pixel; a window's elements are taken row by row, and the windows' gradients
/// are added in their order.
/// </summary>
internal static unsafe class Pooling
{
    /// <summary>The sum of each window, divided by its divisor.</summary>
    /// <param name="divisors">One for each window.</param>
    public static void Average(Activation x, Windows rows, Windows columns, float[] divisors, Activation y)
    {
        ForRows(x, rows, y, (image, row, source, pitch) =>
        {
            using var outputs = new Scratch<float>(columns.Count * pitch);
            for (var i = 0; i < columns.Count; i++)
                for (var c = 0; c < pitch; c += Vector<float>.Count)
                {
                    var sum = Vector<float>.Zero;
                    for (var r = 0; r < rows.Ends[row] - rows.Starts[row]; r++)
                        for (var at = columns.Starts[i]; at < columns.Ends[i]; at++)
                            sum += Vector.Load((float*)source + (r * x.Width + at) * pitch + c);
                    (sum / new Vector<float>(divisors[row * columns.Count + i])).Store(outputs.Pointer + i * pitch + c);
                }
            y.WritePixels(image, row, 0, y.Channels, outputs.Pointer, pitch);
        });
    }

    /// <summary>To each element of a window its gradient, divided.</summary>
    public static void AverageGradient(Activation gradient, Windows rows, Windows columns, float[] divisors, Activation dx)
    {
        Scatter(gradient, dx, (image, row, target, pitch) =>
        {
            using var upstream = new Scratch<float>(columns.Count * pitch);
            gradient.ReadPixels(image, row, 1, upstream.Pointer, columns.Count * pitch, pitch);
            for (var i = 0; i < columns.Count; i++)
                for (var c = 0; c < pitch; c += Vector<float>.Count)
                {
                    var share = Vector.Load(upstream.Pointer + i * pitch + c) / new Vector<float>(divisors[row * columns.Count + i]);
                    for (var r = rows.Starts[row]; r < rows.Ends[row]; r++)
                        for (var at = columns.Starts[i]; at < columns.Ends[i]; at++)
                        {
                            var element = (float*)target + (r * dx.Width + at) * pitch + c;
                            (Vector.Load(element) + share).Store(element);
                        }
                }
        });
    }

    /// <summary>
    /// The largest element of each window, the first of equals, the last NaN; and, unless null, its place in the kernel,
    /// counted row by row.
    /// </summary>
    /// <param name="kernelWidth">Terms in a row of the kernel.</param>
    public static void Max(Activation x, Windows rows, Windows columns, int kernelWidth, Activation y, Activation? places)
    {
        ForRows(x, rows, y, (image, row, source, pitch) =>
        {
            using var outputs = new Scratch<float>(2 * columns.Count * pitch);
            var best = outputs.Pointer;
            var place = best + columns.Count * pitch;
            for (var i = 0; i < columns.Count; i++)
                for (var c = 0; c < pitch; c += Vector<float>.Count)
                {
                    var first = rows.Firsts[row] * kernelWidth + columns.Firsts[i];
                    var largest = Vector.Load((float*)source + columns.Starts[i] * pitch + c);
                    var found = new Vector<float>(first);
                    for (var r = 0; r < rows.Ends[row] - rows.Starts[row]; r += rows.Step, first += kernelWidth)
                        for (int at = columns.Starts[i], term = first; at < columns.Ends[i]; at += columns.Step, term++)
                        {
                            var next = Vector.Load((float*)source + (r * x.Width + at) * pitch + c);
                            var wins = Vector.GreaterThan(next, largest) | ~Vector.Equals(next, next);
                            largest = Vector.ConditionalSelect(wins, next, largest);
                            found = Vector.ConditionalSelect(wins, new Vector<float>(term), found);
                        }
                    largest.Store(best + i * pitch + c);
                    found.Store(place + i * pitch + c);
                }
            y.WritePixels(image, row, 0, y.Channels, best, pitch);
            places?.WritePixels(image, row, 0, y.Channels, place, pitch);
        });
    }

    /// <summary>The gradient of each window to its place.</summary>
    public static void MaxGradient(
        Activation gradient, Activation places, Windows rows, Windows columns, int kernelWidth, Activation dx)
    {
        Scatter(gradient, dx, (image, row, target, pitch) =>
        {
            using var upstream = new Scratch<float>(2 * columns.Count * pitch);
            var (g, p) = ((nint)upstream.Pointer, (nint)(upstream.Pointer + columns.Count * pitch));
            gradient.ReadPixels(image, row, 1, (float*)g, columns.Count * pitch, pitch);
            places.ReadPixels(image, row, 1, (float*)p, columns.Count * pitch, pitch);
            for (var i = 0; i < columns.Count; i++)
                for (var c = 0; c < pitch; c += Vector<float>.Count)
                {
                    var (value, place) = (Vector.Load((float*)g + i * pitch + c), Vector.Load((float*)p + i * pitch + c));
                    var first = rows.Firsts[row] * kernelWidth + columns.Firsts[i];
                    for (var r = rows.Starts[row]; r < rows.Ends[row]; r += rows.Step, first += kernelWidth)
                        for (int at = columns.Starts[i], term = first; at < columns.Ends[i]; at += columns.Step, term++)
                        {
                            var element = (float*)target + (r * dx.Width + at) * pitch + c;
                            var here = Vector.Equals(place, new Vector<float>(term));
                            Vector.ConditionalSelect(here, Vector.Load(element) + value, Vector.Load(element)).Store(element);
                        }
                }
        });
    }

    /// <param name="pixels">The rows of the input that a row of windows has, <c>[row, x, pitch]</c>.</param>
    private delegate void RowOf(int image, int row, nint pixels, int pitch);

    private static int Pitch(Activation x) => Tiles.Round(x.Channels, Vector<float>.Count);

    private static void ForRows(Activation x, Windows rows, Activation y, RowOf body)
    {
        var pitch = Pitch(x);
        Threads.For(y.Images * y.Height, piece =>
        {
            var (image, row) = (piece / y.Height, piece % y.Height);
            var count = rows.Ends[row] - rows.Starts[row];
            using var source = new Scratch<float>(count * x.Width * pitch);
            x.ReadPixels(image, rows.Starts[row], count, source.Pointer, x.Width * pitch, pitch);
            body(image, row, (nint)source.Pointer, pitch);
        });
    }

    /// <summary>Adds up each image's gradient, row of windows by row of windows, and writes it.</summary>
    private static void Scatter(Activation gradient, Activation dx, RowOf body)
    {
        var pitch = Pitch(dx);
        Threads.For(dx.Images, image =>
        {
            using var target = new Scratch<float>(dx.Height * dx.Width * pitch);
            new Span<float>(target.Pointer, dx.Height * dx.Width * pitch).Clear();
            for (var row = 0; row < gradient.Height; row++)
                body(image, row, (nint)target.Pointer, pitch);
            for (var row = 0; row < dx.Height; row++)
                dx.WritePixels(image, row, 0, dx.Channels, target.Pointer + row * dx.Width * pitch, pitch);
        });
    }
}
