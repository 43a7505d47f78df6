using System.Runtime.Intrinsics;

namespace Fgsm.Tensors;

/// <summary>
/// Bias, ReLU and 2x2 max-pooling of a convolution's outputs while they are in the cache. Remembers for each maximum its place
/// in the window (0 to 3, the first of equals as in PyTorch), or <see cref="Nowhere"/> where the ReLU lets no gradient through.
/// </summary>
internal sealed unsafe class ReluMaxPool(Convolution shape, float* bias, float* y, float* places) : Epilogue
{
    private const float Nowhere = 4;

    private readonly float* bias = bias;
    private readonly float* y = y;
    private readonly float* places = places;

    public override int TileSize => 2;

    public override void TileRow(int image, int filter, int row, int size, float* tiles, int step)
    {
        var (height, width, half) = (shape.Output.Height / 2, shape.Output.Width / 2, size / 2);
        var b = bias == null ? 0 : bias[filter];
        for (var i = 0; i < Math.Min(half, height - row * half); i++)
        {
            var start = ((image * shape.Filters + filter) * height + row * half + i) * width;
            for (var j = 0; j < half; j++)
            {
                var window = tiles + 2 * (i * size + j) * step;
                Pool(b, window, window + step, window + size * step, window + (size + 1) * step, start + j, half, (width - j + half - 1) / half);
            }
        }
    }

    // The bias is added before the comparison: rounding may make unequal sums equal, and then the first must win.
    private void Pool(float bias, float* p0, float* p1, float* p2, float* p3, int at, int stride, int count)
    {
        var x = 0;
        if (stride == 1 && count >= 4)
            for (var last = count - 4; x <= last; x = Interleave.Next(x, 4, last))
            {
                var (best, place) = Best(Vector128.Load(p0 + x), Vector128.Load(p1 + x), Vector128.Load(p2 + x), Vector128.Load(p3 + x), bias);
                best.Store(y + at + x);
                place.Store(places + at + x);
            }
        for (; x < count; x++)
        {
            var (best, place) = Best(Vector128.Create(p0[x]), Vector128.Create(p1[x]), Vector128.Create(p2[x]), Vector128.Create(p3[x]), bias);
            (y[at + x * stride], places[at + x * stride]) = (best[0], place[0]);
        }
    }

    private static (Vector128<float> Best, Vector128<float> Place) Best(Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3, float bias)
    {
        var b = Vector128.Create(bias);
        var (best, place) = (p0 + b, Vector128<float>.Zero);
        Challenge(p1 + b, 1, ref best, ref place);
        Challenge(p2 + b, 2, ref best, ref place);
        Challenge(p3 + b, 3, ref best, ref place);
        var dead = Vector128.LessThanOrEqual(best, Vector128<float>.Zero);
        return (Vector128.AndNot(best, dead), Vector128.ConditionalSelect(dead, Vector128.Create(Nowhere), place));
    }

    // A NaN wins, as in PyTorch.
    private static void Challenge(Vector128<float> next, float number, ref Vector128<float> best, ref Vector128<float> place)
    {
        var wins = Vector128.GreaterThan(next, best) | ~Vector128.Equals(next, next);
        best = Vector128.ConditionalSelect(wins, next, best);
        place = Vector128.ConditionalSelect(wins, Vector128.Create(number), place);
    }

    /// <summary>An image's gradient with respect to the convolution's output: each pooled gradient at the place of its maximum, 0 elsewhere.</summary>
    public static float* Backward(Convolution shape, int image, float* gradient, float* places, float* dy)
    {
        for (var o = 0; o < shape.Filters; o++)
            Backward(shape, image, o, gradient, places, dy + o * shape.Pixels);
        return dy;
    }

    private static void Backward(Convolution shape, int image, int filter, float* gradient, float* places, float* dy)
    {
        var (height, width) = (shape.Output.Height / 2, shape.Output.Width / 2);
        var start = (nint)(image * shape.Filters + filter) * height * width;
        for (var row = 0; row < height; row++)
        {
            var g = gradient + start + row * width;
            var p = places + start + row * width;
            var top = dy + 2 * row * shape.Output.Width;
            var bottom = top + shape.Output.Width;
            var x = 0;
            if (width >= 4)
                for (var last = width - 4; x <= last; x = Interleave.Next(x, 4, last))
                {
                    var (value, place) = (Vector128.Load(g + x), Vector128.Load(p + x));
                    Spread(value, place, 0, top + 2 * x);
                    Spread(value, place, 2, bottom + 2 * x);
                }
            for (; x < width; x++)
            {
                (top[2 * x], top[2 * x + 1]) = (p[x] == 0 ? g[x] : 0, p[x] == 1 ? g[x] : 0);
                (bottom[2 * x], bottom[2 * x + 1]) = (p[x] == 2 ? g[x] : 0, p[x] == 3 ? g[x] : 0);
            }
            if (shape.Output.Width > 2 * width)
                top[2 * width] = bottom[2 * width] = 0;
        }
        new Span<float>(dy + 2 * height * shape.Output.Width, (shape.Output.Height - 2 * height) * shape.Output.Width).Clear();
    }

    // One row of four windows: the places `first` and `first` + 1 side by side.
    private static void Spread(Vector128<float> value, Vector128<float> place, float first, float* target)
    {
        var (low, high) = Interleave.Zip(value & Vector128.Equals(place, Vector128.Create(first)), value & Vector128.Equals(place, Vector128.Create(first + 1)));
        low.Store(target);
        high.Store(target + 4);
    }

    /// <summary>The sum of the gradients that the ReLU lets through, for each filter, in the order of the unfused sum.</summary>
    public static torch.Tensor BiasGradient(Convolution shape, torch.Tensor gradient, torch.Tensor places)
    {
        var sums = torch.empty(shape.Images, shape.Filters);
        Threads.For(shape.Images, image =>
        {
            using var dy = new Scratch<float>(shape.Pixels);
            for (var o = 0; o < shape.Filters; o++)
            {
                Backward(shape, image, o, gradient.Floats, places.Floats, dy.Pointer);
                sums.Floats[image * shape.Filters + o] = Sum.Of(dy.Pointer, shape.Pixels);
            }
        });
        return sums.sum(0);
    }
}
