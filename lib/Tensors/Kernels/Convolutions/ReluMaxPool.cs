using System.Runtime.Intrinsics;

namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// Bias, ReLU and 2x2 max-pooling of a convolution's outputs while they are in the cache. Remembers for each maximum its place
/// in the window (0 to 3, the first of equals as in PyTorch), or <see cref="Nowhere"/> where the ReLU lets no gradient through;
/// unless <paramref name="places"/> is null.
/// </summary>
internal sealed unsafe class ReluMaxPool(float* bias, Activation y, Activation? places) : Epilogue
{
    private const float Nowhere = 4;

    private readonly float* bias = bias;

    public override void Band(int image, int filter, int filters, int row, int rows, float* band, int rowLength)
    {
        var (width, pitch) = (y.Width, Tiles.Columns);
        var biases = stackalloc float[pitch];
        for (var i = 0; i < pitch; i++)
            biases[i] = bias != null && i < filters ? bias[filter + i] : 0;
        using var pooled = new Scratch<float>(2 * width * pitch);
        var best = pooled.Pointer;
        var place = best + width * pitch;
        for (var i = 0; i + 1 < rows; i += 2)
        {
            for (var x = 0; x < width; x++)
                for (var j = 0; j < pitch; j += Vector<float>.Count)
                {
                    var window = band + i * rowLength + 2 * x * pitch + j;
                    if (places is null)
                        Largest(Vector.Load(biases + j), window, window + pitch, window + rowLength, window + rowLength + pitch)
                            .Store(best + x * pitch + j);
                    else
                        Pool(Vector.Load(biases + j), window, window + pitch, window + rowLength, window + rowLength + pitch,
                            best + x * pitch + j, place + x * pitch + j);
                }
            y.WritePixels(image, (row + i) / 2, filter, filters, best, pitch);
            places?.WritePixels(image, (row + i) / 2, filter, filters, place, pitch);
        }
    }

    // The bias is added before the comparison: rounding may make unequal sums equal, and then the first must win.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pool(Vector<float> bias, float* p0, float* p1, float* p2, float* p3, float* y, float* places)
    {
        var (best, place) = (Vector.Load(p0) + bias, Vector<float>.Zero);
        Challenge(Vector.Load(p1) + bias, 1, ref best, ref place);
        Challenge(Vector.Load(p2) + bias, 2, ref best, ref place);
        Challenge(Vector.Load(p3) + bias, 3, ref best, ref place);
        var dead = Vector.LessThanOrEqual(best, Vector<float>.Zero);
        Vector.ConditionalSelect(dead, Vector<float>.Zero, best).Store(y);
        Vector.ConditionalSelect(dead, Vector.Create(Nowhere), place).Store(places);
    }

    // A NaN wins, as in PyTorch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Wins(Vector<float> next, Vector<float> best) => Vector.GreaterThan(next, best) | ~Vector.Equals(next, next);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector<float> next, float number, ref Vector<float> best, ref Vector<float> place)
    {
        var wins = Wins(next, best);
        best = Vector.ConditionalSelect(wins, next, best);
        place = Vector.ConditionalSelect(wins, Vector.Create(number), place);
    }

    // The bias may come last: rounding keeps the order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Largest(Vector<float> bias, float* p0, float* p1, float* p2, float* p3)
    {
        var best = Larger(Larger(Larger(Vector.Load(p0), Vector.Load(p1)), Vector.Load(p2)), Vector.Load(p3)) + bias;
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(best, Vector<float>.Zero), Vector<float>.Zero, best);
    }

    private static Vector<float> Larger(Vector<float> best, Vector<float> next) =>
        Vector.ConditionalSelect(Wins(next, best), next, best);

    /// <summary>
    /// The gradient with respect to the convolution's output: each pooled gradient at the place of its maximum, 0 elsewhere.
    /// </summary>
    public static Upstream Upstream(Convolution shape, Activation gradient, Activation places) =>
        new(Pixels(shape, gradient, places), Planes(shape, gradient, places));

    private static ChannelsLast.Source Pixels(Convolution shape, Activation gradient, Activation places)
    {
        var (height, width) = (gradient.Height, gradient.Width);
        return (image, first, rows, target, rowLength, pitch) =>
        {
            using var pooled = new Scratch<float>(2 * width * pitch);
            var g = pooled.Pointer;
            var p = g + width * pitch;
            for (var y = first; y < first + rows; y++, target += rowLength)
            {
                if (y >= 2 * height)
                {
                    new Span<float>(target, shape.Output.Width * pitch).Clear();
                    continue;
                }
                if (y == first || y % 2 == 0)
                {
                    gradient.ReadPixels(image, y / 2, 1, g, width * pitch, pitch);
                    places.ReadPixels(image, y / 2, 1, p, width * pitch, pitch);
                }
                for (var x = 0; x < width; x++)
                    Spread(pitch, g + x * pitch, p + x * pitch, y % 2 * 2, target + 2 * x * pitch);
                new Span<float>(target + 2 * width * pitch, (shape.Output.Width - 2 * width) * pitch).Clear();
            }
        };
    }

    // One row of a window, for all channels: the places `first` and `first` + 1, one pixel behind the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(int channels, float* values, float* places, float first, float* target)
    {
        var (left, right) = (Vector.Create(first), Vector.Create(first + 1));
        var c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            var (value, place) = (Vector.Load(values + c), Vector.Load(places + c));
            Vector.ConditionalSelect(Vector.Equals(place, left), value, Vector<float>.Zero).Store(target + c);
            Vector.ConditionalSelect(Vector.Equals(place, right), value, Vector<float>.Zero).Store(target + channels + c);
        }
        for (; c < channels; c++)
            (target[c], target[channels + c]) = (places[c] == first ? values[c] : 0, places[c] == first + 1 ? values[c] : 0);
    }

    private static Upstream.PlanesSource Planes(Convolution shape, Activation gradient, Activation places)
    {
        var (height, width) = (gradient.Height, gradient.Width);
        return (image, first, rows, target, pitch) =>
        {
            var pooledRows = Math.Min(height, (first + rows) / 2) - first / 2;
            var length = pooledRows * width;
            using var pooled = new Scratch<float>(2 * shape.Filters * length);
            var g = pooled.Pointer;
            var p = g + shape.Filters * length;
            gradient.ReadPlanes(image, first / 2, pooledRows, g, length);
            places.ReadPlanes(image, first / 2, pooledRows, p, length);
            for (var o = 0; o < shape.Filters; o++)
                Plane(pooledRows, width, g + o * length, p + o * length, rows, shape.Output.Width, target + o * pitch);
        };
    }

    /// <summary>Some rows of one filter.</summary>
    private static void Plane(int pooledRows, int width, float* g, float* p, int rows, int rowLength, float* dy)
    {
        for (var row = 0; row < pooledRows; row++, dy += 2 * rowLength, g += width, p += width)
        {
            var top = dy;
            var bottom = dy + rowLength;
            if (width >= 4)
                // The last four overlap those before: what is written twice is the same.
                for (int x = 0, last = width - 4; x <= last; x = x == last ? width : Math.Min(x + 4, last))
                {
                    var (value, place) = (Vector128.Load(g + x), Vector128.Load(p + x));
                    Spread(value, place, 0, top + 2 * x);
                    Spread(value, place, 2, bottom + 2 * x);
                }
            else
                for (var x = 0; x < width; x++)
                {
                    (top[2 * x], top[2 * x + 1]) = (p[x] == 0 ? g[x] : 0, p[x] == 1 ? g[x] : 0);
                    (bottom[2 * x], bottom[2 * x + 1]) = (p[x] == 2 ? g[x] : 0, p[x] == 3 ? g[x] : 0);
                }
            if (rowLength > 2 * width)
                top[2 * width] = bottom[2 * width] = 0;
        }
        new Span<float>(dy, (rows - 2 * pooledRows) * rowLength).Clear();
    }

    // One row of four windows: the places `first` and `first` + 1 side by side.
    private static void Spread(Vector128<float> value, Vector128<float> place, float first, float* target)
    {
        var (low, high) = Shuffles.Zip(
            value & Vector128.Equals(place, Vector128.Create(first)), value & Vector128.Equals(place, Vector128.Create(first + 1)));
        low.Store(target);
        high.Store(target + 4);
    }
}
