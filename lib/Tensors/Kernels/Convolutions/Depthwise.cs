namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// A convolution of each channel with a filter of its own: w <c>[C, 1, KH, KW]</c>. A vector holds channels of one pixel; each output
/// element is one chain of fused multiply-adds over the filter's terms in order.
/// </summary>
internal sealed unsafe class Depthwise(Convolution shape)
{
    // Rows of outputs that are computed together; even, for windows of 2x2.
    private const int BandRows = 8;

    // Pixels or terms whose chains run side by side, to hide the time that a multiply-add takes.
    private const int Side = 4;

    private readonly int pitch = Tiles.Round(shape.Channels, Tiles.Lanes);
    private readonly int area = shape.Kernel.Height * shape.Kernel.Width;

    private int RowLength => shape.PaddedWidth * pitch;

    /// <summary>Rows of the padded input that some rows of outputs see.</summary>
    private int InputRows(int rows) => (rows - 1) * shape.Stride.Height + shape.Reach.Height + 1;

    /// <summary>Where term k of an output lies, from its first.</summary>
    private int[] Offsets => [.. Enumerable.Range(0, area).Select(k =>
        k / shape.Kernel.Width * shape.Dilation.Height * RowLength + k % shape.Kernel.Width * shape.Dilation.Width * pitch)];

    public void Forward(ChannelsLast.Source x, float* weight, Epilogue epilogue)
    {
        var (height, width) = shape.Output;
        var (bands, columns, offsets) = ((height + BandRows - 1) / BandRows, Tiles.Columns, Offsets);
        using var packed = new Scratch<float>(area * pitch);
        Gemm.Pack(shape.Channels, pitch, area, weight, area, 1, packed.Pointer);
        var w = packed.Pointer;
        Threads.For(shape.Images * bands, piece =>
        {
            var (image, row) = (piece / bands, piece % bands * BandRows);
            var rows = Math.Min(BandRows, height - row);
            using var padded = new Scratch<float>(InputRows(rows) * RowLength);
            using var band = new Scratch<float>(rows * width * columns);
            ChannelsLast.Pad(x, image, shape.Height, shape.Padding, row * shape.Stride.Height, InputRows(rows), padded.Pointer, RowLength,
                pitch);
            for (var channel = 0; channel < shape.Channels; channel += columns)
            {
                var channels = Math.Min(columns, pitch - channel);
                for (var y = 0; y < rows; y++)
                    for (var c = 0; c < channels; c += Vector<float>.Count)
                        Row(padded.Pointer + y * shape.Stride.Height * RowLength + channel + c, offsets, w + channel + c,
                            band.Pointer + y * width * columns + c, width, columns);
                epilogue.Band(image, channel, Math.Min(columns, shape.Channels - channel), row, rows, band.Pointer, width * columns);
            }
        });
    }

    /// <summary>One vector of channels of each pixel of a row.</summary>
    private void Row(float* x, int[] offsets, float* w, float* y, int width, int yStep)
    {
        nint step = shape.Stride.Width * pitch;
        var i = 0;
        for (; i <= width - Side; i += Side, x += Side * step, y += Side * yStep)
        {
            Vector<float> y0 = Vector<float>.Zero, y1 = y0, y2 = y0, y3 = y0;
            for (var k = 0; k < offsets.Length; k++)
            {
                var (factor, term) = (Vector.Load(w + k * pitch), (nint)(x + offsets[k]));
                y0 = Vector.FusedMultiplyAdd(factor, Vector.Load((float*)term), y0);
                y1 = Vector.FusedMultiplyAdd(factor, Vector.Load((float*)term + step), y1);
                y2 = Vector.FusedMultiplyAdd(factor, Vector.Load((float*)term + 2 * step), y2);
                y3 = Vector.FusedMultiplyAdd(factor, Vector.Load((float*)term + 3 * step), y3);
            }
            y0.Store(y);
            y1.Store(y + yStep);
            y2.Store(y + 2 * yStep);
            y3.Store(y + 3 * yStep);
        }
        for (; i < width; i++, x += step, y += yStep)
        {
            var sum = Vector<float>.Zero;
            for (var k = 0; k < offsets.Length; k++)
                sum = Vector.FusedMultiplyAdd(Vector.Load(w + k * pitch), Vector.Load(x + offsets[k]), sum);
            sum.Store(y);
        }
    }

    public void InputGradient(float* weight, ChannelsLast.Source upstream, Activation dx)
    {
        if (!shape.CanTurn)
        {
            ScatterInputGradient(weight, upstream, dx);
            return;
        }
        using var turned = new Scratch<float>(shape.Channels * area);
        for (var i = 0; i < shape.Channels * area; i++)
            turned.Pointer[i] = weight[i / area * area + area - 1 - i % area];
        new Depthwise(shape.Turned()).Forward(upstream, turned.Pointer, new Store(dx, bias: null));
    }

    private void ScatterInputGradient(float* weight, ChannelsLast.Source upstream, Activation dx)
    {
        var (height, width) = shape.Output;
        var offsets = Offsets;
        using var packed = new Scratch<float>(area * pitch);
        Gemm.Pack(shape.Channels, pitch, area, weight, area, 1, packed.Pointer);
        var w = packed.Pointer;
        Threads.For(shape.Images, image =>
        {
            using var padded = new Scratch<float>(shape.PaddedHeight * RowLength);
            using var dy = new Scratch<float>(width * pitch);
            new Span<float>(padded.Pointer, shape.PaddedHeight * RowLength).Clear();
            for (var row = 0; row < height; row++)
            {
                upstream(image, row, 1, dy.Pointer, width * pitch, pitch);
                for (var x = 0; x < width; x++)
                {
                    var target = padded.Pointer + row * shape.Stride.Height * RowLength + x * shape.Stride.Width * pitch;
                    for (var k = 0; k < area; k++)
                        for (var c = 0; c < pitch; c += Vector<float>.Count)
                            Vector.FusedMultiplyAdd(Vector.Load(w + k * pitch + c), Vector.Load(dy.Pointer + x * pitch + c),
                                Vector.Load(target + offsets[k] + c)).Store(target + offsets[k] + c);
                }
            }
            for (var y = 0; y < shape.Height; y++)
                dx.WritePixels(image, y, 0, shape.Channels,
                    padded.Pointer + (y + shape.Padding.Height) * RowLength + shape.Padding.Width * pitch, pitch);
        });
    }

    /// <summary>dw[C, 1, KH, KW].</summary>
    public void WeightGradient(ChannelsLast.Source x, ChannelsLast.Source upstream, float* dw)
    {
        var (length, offsets) = (area * pitch, Offsets);
        using var total = new Scratch<float>(length);
        Convolution.SumGroups(shape.Images, total.Pointer, length, (first, last, sum) =>
        {
            new Span<float>(sum, length).Clear();
            for (var image = first; image < last; image++)
                AddWeightGradient(x, upstream, image, offsets, sum);
        });
        ChannelsLast.ToPlanes(total.Pointer, pitch, shape.Channels, area, dw, area);
    }

    private void AddWeightGradient(ChannelsLast.Source x, ChannelsLast.Source upstream, int image, int[] offsets, float* sum)
    {
        var (height, width) = shape.Output;
        using var padded = new Scratch<float>(InputRows(BandRows) * RowLength);
        using var dy = new Scratch<float>(BandRows * width * pitch);
        for (var row = 0; row < height; row += BandRows)
        {
            var rows = Math.Min(BandRows, height - row);
            ChannelsLast.Pad(x, image, shape.Height, shape.Padding, row * shape.Stride.Height, InputRows(rows), padded.Pointer, RowLength,
                pitch);
            upstream(image, row, rows, dy.Pointer, width * pitch, pitch);
            for (var c = 0; c < pitch; c += Vector<float>.Count)
                for (var k = 0; k < area; k += Side)
                    AddTerms(padded.Pointer + c, dy.Pointer + c, rows, sum + c, offsets, k);
        }
    }

    /// <summary>sum[k] += dy * x over some rows, for one vector of channels and four terms; the last is repeated at the end.</summary>
    private void AddTerms(float* x, float* dy, int rows, float* sum, int[] offsets, int k)
    {
        var last = offsets.Length - 1;
        var (k1, k2, k3) = (Math.Min(k + 1, last), Math.Min(k + 2, last), Math.Min(k + 3, last));
        var (s0, s1) = (Vector.Load(sum + k * pitch), Vector.Load(sum + k1 * pitch));
        var (s2, s3) = (Vector.Load(sum + k2 * pitch), Vector.Load(sum + k3 * pitch));
        for (var row = 0; row < rows; row++)
        {
            var term = x + row * shape.Stride.Height * RowLength;
            for (var i = 0; i < shape.Output.Width; i++, dy += pitch, term += shape.Stride.Width * pitch)
            {
                var gradient = Vector.Load(dy);
                s0 = Vector.FusedMultiplyAdd(gradient, Vector.Load(term + offsets[k]), s0);
                s1 = Vector.FusedMultiplyAdd(gradient, Vector.Load(term + offsets[k1]), s1);
                s2 = Vector.FusedMultiplyAdd(gradient, Vector.Load(term + offsets[k2]), s2);
                s3 = Vector.FusedMultiplyAdd(gradient, Vector.Load(term + offsets[k3]), s3);
            }
        }
        s0.Store(sum + k * pitch);
        s1.Store(sum + k1 * pitch);
        s2.Store(sum + k2 * pitch);
        s3.Store(sum + k3 * pitch);
    }
}
