using System.Numerics;

namespace Fgsm.Tensors;

/// <summary>
/// Bias, ReLU and 2x2 max-pooling of a convolution's outputs while they are in the cache. Remembers for each maximum its place
/// in the window (0 to 3, the first of equals as in PyTorch), or <see cref="Nowhere"/> where the ReLU lets no gradient through.
/// </summary>
internal sealed unsafe class ReluMaxPool(Convolution shape, float* bias, float* y, byte* places) : Epilogue
{
    private const byte Nowhere = 4;

    private readonly float* bias = bias;
    private readonly float* y = y;
    private readonly byte* places = places;

    private int Height => shape.Output.Height / 2;
    private int Width => shape.Output.Width / 2;

    public override void Plane(int image, int filter, float* plane, int pitch)
    {
        var windows = stackalloc float[4 * Width];
        for (var row = 0; row < Height; row++)
        {
            var top = plane + 2 * row * pitch;
            for (var x = 0; x < Width; x++)
            {
                windows[x] = top[2 * x];
                windows[Width + x] = top[2 * x + 1];
                windows[2 * Width + x] = top[pitch + 2 * x];
                windows[3 * Width + x] = top[pitch + 2 * x + 1];
            }
            Pool(filter, windows, windows + Width, windows + 2 * Width, windows + 3 * Width, At(image, filter, row), 1, Width);
        }
    }

    public override void TileRow(int image, int filter, int row, int size, float* tiles, int step)
    {
        var half = size / 2;
        for (var a = 0; a < Math.Min(half, Height - row * half); a++)
            for (var b = 0; b < half; b++)
            {
                var window = tiles + 2 * (a * size + b) * step;
                Pool(filter, window, window + step, window + size * step, window + (size + 1) * step,
                    At(image, filter, row * half + a) + b, half, (Width - b + half - 1) / half);
            }
    }

    private int At(int image, int filter, int row) => ((image * shape.Filters + filter) * Height + row) * Width;

    // The bias is added before the comparison: rounding may make unequal sums equal, and then the first must win.
    private void Pool(int filter, float* p0, float* p1, float* p2, float* p3, int at, int stride, int count)
    {
        var b = bias == null ? 0 : bias[filter];
        var n = Vector<float>.Count;
        var values = stackalloc float[n];
        var found = stackalloc int[n];
        for (var x = 0; x < count; x += n)
        {
            // Beyond the row there are numbers of the next tiles, which are not stored.
            var best = Vector.Load(p0 + x) + Vector.Create(b);
            var place = Vector<int>.Zero;
            Challenge(Vector.Load(p1 + x) + Vector.Create(b), 1, ref best, ref place);
            Challenge(Vector.Load(p2 + x) + Vector.Create(b), 2, ref best, ref place);
            Challenge(Vector.Load(p3 + x) + Vector.Create(b), 3, ref best, ref place);
            var dead = Vector.LessThanOrEqual(best, Vector<float>.Zero);
            Vector.ConditionalSelect(dead, Vector<float>.Zero, best).Store(values);
            Vector.ConditionalSelect(dead, Vector.Create((int)Nowhere), place).Store(found);
            for (var i = 0; i < Math.Min(n, count - x); i++)
            {
                y[at + (x + i) * stride] = values[i];
                places[at + (x + i) * stride] = (byte)found[i];
            }
        }
    }

    // A NaN wins, as in PyTorch.
    private static void Challenge(Vector<float> next, int number, ref Vector<float> best, ref Vector<int> place)
    {
        var wins = Vector.GreaterThan(next, best) | ~Vector.Equals(next, next);
        best = Vector.ConditionalSelect(wins, next, best);
        place = Vector.ConditionalSelect(wins, Vector.Create(number), place);
    }

    /// <summary>The gradient with respect to the convolution's output: each pooled gradient at the place of its maximum, 0 elsewhere.</summary>
    public static float* Backward(Convolution shape, int image, float* gradient, byte* places, float* dy)
    {
        new Span<float>(dy, shape.OutputLength).Clear();
        var (height, width) = (shape.Output.Height / 2, shape.Output.Width / 2);
        gradient += (nint)image * shape.Filters * height * width;
        places += (nint)image * shape.Filters * height * width;
        for (var o = 0; o < shape.Filters; o++)
            for (var row = 0; row < height; row++)
            {
                var top = dy + o * shape.Pixels + 2 * row * shape.Output.Width;
                for (var x = 0; x < width; x++)
                {
                    var place = *places++;
                    var value = *gradient++;
                    if (place != Nowhere)
                        top[2 * x + (place >> 1) * shape.Output.Width + (place & 1)] = value;
                }
            }
        return dy;
    }

    /// <summary>The sum of the gradients that the ReLU lets through, for each filter, in the order of the unfused sum.</summary>
    public static torch.Tensor BiasGradient(Convolution shape, torch.Tensor gradient, torch.Tensor places)
    {
        var sums = torch.empty(shape.Images, shape.Filters);
        Threads.For(shape.Images, image =>
        {
            using var dy = new Scratch<float>(shape.OutputLength);
            Backward(shape, image, gradient.Floats, places.Pointer<byte>(), dy.Pointer);
            for (var o = 0; o < shape.Filters; o++)
                sums.Floats[image * shape.Filters + o] = Sum.Of(dy.Pointer + o * shape.Pixels, shape.Pixels);
        });
        return sums.sum(0);
    }
}
