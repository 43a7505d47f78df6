namespace Fgsm.Tensors;

/// <summary>
/// Bias, ReLU and 2x2 max-pooling of an image's planes while they are in the cache. Remembers for each maximum its place
/// in the window (0 to 3, the first of equals as in PyTorch), or <see cref="Nowhere"/> where the ReLU lets no gradient through.
/// </summary>
internal sealed unsafe class ReluMaxPool(Convolution shape)
{
    private const byte Nowhere = 4;

    public int Height => shape.Output.Height / 2;
    public int Width => shape.Output.Width / 2;
    public int Length => shape.Filters * Height * Width;

    public void Forward(float* planes, float* bias, float* y, byte* places)
    {
        for (var o = 0; o < shape.Filters; o++)
        {
            var b = bias == null ? 0 : bias[o];
            for (var row = 0; row < Height; row++)
            {
                var top = planes + o * shape.PlaneLength + 2 * row * shape.Pitch;
                Row(top, top + shape.Pitch, b, y, places);
                y += Width;
                places += Width;
            }
        }
    }

    // The bias is added before the comparison: rounding may make unequal sums equal, and then the first must win.
    private void Row(float* top, float* bottom, float bias, float* y, byte* places)
    {
        for (var x = 0; x < Width; x++)
        {
            var (best, place) = (top[2 * x] + bias, (byte)0);
            var next = top[2 * x + 1] + bias;
            if (next > best)
                (best, place) = (next, 1);
            next = bottom[2 * x] + bias;
            if (next > best)
                (best, place) = (next, 2);
            next = bottom[2 * x + 1] + bias;
            if (next > best)
                (best, place) = (next, 3);
            (y[x], places[x]) = best > 0 ? (best, place) : (0, Nowhere);
        }
    }

    /// <summary>The gradient with respect to the convolution's output: each pooled gradient at the place of its maximum, 0 elsewhere.</summary>
    public float* Backward(float* gradient, byte* places, float* dy)
    {
        new Span<float>(dy, shape.OutputLength).Clear();
        var width = shape.Output.Width;
        for (var o = 0; o < shape.Filters; o++)
            for (var row = 0; row < Height; row++)
            {
                var top = dy + o * shape.Pixels + 2 * row * width;
                for (var x = 0; x < Width; x++)
                {
                    var place = *places++;
                    var value = *gradient++;
                    if (place != Nowhere)
                        top[2 * x + (place >> 1) * width + (place & 1)] = value;
                }
            }
        return dy;
    }

    /// <summary>The sum of the gradients that the ReLU lets through, for each filter, in the order of the unfused sum.</summary>
    public torch.Tensor BiasGradient(torch.Tensor gradient, torch.Tensor places)
    {
        var sums = torch.empty(shape.Images, shape.Filters);
        Threads.For(shape.Images, image =>
        {
            using var dy = new Scratch<float>(shape.OutputLength);
            Backward(gradient.Floats + (nint)image * Length, places.Pointer<byte>() + (nint)image * Length, dy.Pointer);
            for (var o = 0; o < shape.Filters; o++)
                sums.Floats[image * shape.Filters + o] = Sum.Of(dy.Pointer + o * shape.Pixels, shape.Pixels);
        });
        return sums.sum(0);
    }
}
