namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// The shapes of one 2D convolution and its three computations: output, input gradient, weight gradient.
/// x <c>[N, C, H, W]</c>, w <c>[O, C, KH, KW]</c>, y <c>[N, O, OH, OW]</c>. Which method computes them depends on the shapes
/// only, never on the machine: another method has other bits.
/// </summary>
internal sealed unsafe record Convolution(int Images, int Channels, int Height, int Width, int Filters,
    (int Height, int Width) Kernel, (int Height, int Width) Stride, (int Height, int Width) Padding, (int Height, int Width) Dilation)
{
    /// <summary>Images whose weight gradients are summed in one chain; part of the definition of the result, not a tuning knob.</summary>
    private const int GroupSize = 8;

    // Numbers of groups' sums that lie in memory at once: 16 MB, unless there are many threads.
    private const int SummedAtOnce = 1 << 22;

    /// <summary>Rows of outputs that are computed before the epilogue takes them; even, for windows of 2x2.</summary>
    private int BandRows => Math.Max(4, 64 / Output.Width & ~1);

    /// <summary>Whether outputs see one pixel each, and pixels lie one behind the other: no terms need to be copied.</summary>
    private bool IsPointwise => (Kernel, Stride, Padding) == ((1, 1), (1, 1), (0, 0));

    public Convolution(int images, int channels, int height, int width, int filters, (int, int) kernel, (int, int) stride,
        (int, int) padding) : this(images, channels, height, width, filters, kernel, stride, padding, (1, 1)) { }

    public (int Height, int Width) Output { get; init; } =
        ((Height + 2 * Padding.Height - Dilation.Height * (Kernel.Height - 1) - 1) / Stride.Height + 1,
        (Width + 2 * Padding.Width - Dilation.Width * (Kernel.Width - 1) - 1) / Stride.Width + 1);

    /// <summary>How far the last term of an output is from the first.</summary>
    public (int Height, int Width) Reach => (Dilation.Height * (Kernel.Height - 1), Dilation.Width * (Kernel.Width - 1));

    /// <summary>Terms of each output element: C * KH * KW.</summary>
    public int Depth => Channels * Kernel.Height * Kernel.Width;
    public int Pixels => Output.Height * Output.Width;

    public int PaddedHeight => Height + 2 * Padding.Height;
    public int PaddedWidth => Width + 2 * Padding.Width;

    public void Forward(ChannelsLast.Source x, Filters weight, Epilogue epilogue)
    {
        if (Winograd.Suits(this))
            new Winograd(this).Forward(x, weight, epilogue);
        else
            ForwardDirectly(x, weight.Data, epilogue);
    }

    private void ForwardDirectly(ChannelsLast.Source x, float* weight, Epilogue epilogue)
    {
        var (rowLength, columns) = (PaddedWidth * Channels, Tiles.Columns);
        var most = Tiles.Round(BandRows * Output.Width, Tiles.Rows);
        var pitch = Tiles.Round(most, Tiles.Lanes);
        using var packed = new Scratch<float>(Tiles.Round(Filters, columns) * Depth);
        var b = packed.Pointer;
        for (var o = 0; o < Filters; o += columns)
            Gemm.Pack(Math.Min(columns, Filters - o), columns, Depth, weight + o * Depth, Depth, 1, b + o * Depth);
        Threads.For(Images, image =>
        {
            // Behind the image there is room for the pixels that fill up the last tile, and for a vector.
            using var padded = new Scratch<float>(PaddedHeight * rowLength + Tiles.Rows * Channels + Tiles.Lanes);
            using var terms = new Scratch<float>(IsPointwise ? 0 : Depth * pitch + Tiles.Lanes);
            using var band = new Scratch<float>(most * columns);
            ChannelsLast.Pad(x, image, Height, Padding, 0, PaddedHeight, padded.Pointer, rowLength, Channels);
            for (var row = 0; row < Output.Height; row += BandRows)
            {
                var rows = Math.Min(BandRows, Output.Height - row);
                var a = IsPointwise ? padded.Pointer + row * rowLength : terms.Pointer;
                var (aRow, aStep) = IsPointwise ? (Channels, 1) : (1, pitch);
                if (!IsPointwise)
                    for (var y = 0; y < rows; y++)
                        CopyTerms(padded.Pointer + (row + y) * Stride.Height * rowLength, terms.Pointer + y * Output.Width, pitch);
                for (var o = 0; o < Filters; o += columns)
                {
                    for (var p = 0; p < rows * Output.Width; p += Tiles.Rows)
                        Tiles.Multiply(Depth, a + p * aRow, aRow, aStep, b + o * Depth, columns, band.Pointer + p * columns, columns,
                            accumulate: false);
                    epilogue.Band(image, o, Math.Min(columns, Filters - o), row, rows, band.Pointer, Output.Width * columns);
                }
            }
        });
    }

    /// <summary>terms[k, x]: term k of the outputs of one row.</summary>
    private void CopyTerms(float* source, float* terms, int pitch)
    {
        var area = Kernel.Height * Kernel.Width;
        for (var k = 0; k < area; k++)
        {
            var term = source + (k / Kernel.Width * Dilation.Height * PaddedWidth + k % Kernel.Width * Dilation.Width) * Channels;
            ChannelsLast.ToPlanes(term, Stride.Width * Channels, Channels, Output.Width, terms + k * pitch, area * pitch);
        }
    }

    /// <summary>Where term k = (c, ky, kx) of an output lies, from its first pixel.</summary>
    private int[] TermOffsets(int rowLength, int pixelStep, int channelStep) => [.. Enumerable.Range(0, Depth).Select(k =>
        k / (Kernel.Height * Kernel.Width) * channelStep + k / Kernel.Width % Kernel.Height * Dilation.Height * rowLength
        + k % Kernel.Width * Dilation.Width * pixelStep)];

    public void InputGradient(Filters weight, Upstream upstream, Activation dx)
    {
        if (Channels >= 4 && CanTurn)
            CorrelateInputGradient(weight, upstream.Pixels, dx);
        else
            ScatterInputGradient(weight.Data, upstream.Planes, dx);
    }

    /// <summary>At stride 1, the input gradient is the convolution of the output gradient with the filters turned by 180 degrees.</summary>
    private void CorrelateInputGradient(Filters weight, ChannelsLast.Source upstream, Activation dx)
    {
        var (turned, length, store) = (Turned(), Filters * Depth, new Store(dx, bias: null));
        var kept = weight.Kept("turned", this, length, target => Turn(weight.Data, (float*)target));
        if (kept is not null)
        {
            turned.Forward(upstream, weight.Turned(kept), store);
            return;
        }
        using var flipped = new Scratch<float>(length);
        Turn(weight.Data, flipped.Pointer);
        turned.Forward(upstream, weight.Turned(flipped.Pointer), store);
    }

    private void Turn(float* weight, float* target)
    {
        var area = Kernel.Height * Kernel.Width;
        for (var o = 0; o < Filters; o++)
            for (var c = 0; c < Channels; c++)
                for (var k = 0; k < area; k++)
                    target[(c * Filters + o) * area + k] = weight[(o * Channels + c) * area + area - 1 - k];
    }

    /// <summary>Whether the input gradient is a convolution of the output gradient: see <see cref="Turned"/>.</summary>
    public bool CanTurn => Stride == (1, 1) && Padding.Height <= Reach.Height && Padding.Width <= Reach.Width
        && Turned().Output == (Height, Width);

    /// <summary>From the output's gradient to the input's, with the filters turned by 180 degrees.</summary>
    public Convolution Turned() => new(Images, Filters, Output.Height, Output.Width, Channels, Kernel, (1, 1),
        (Reach.Height - Padding.Height, Reach.Width - Padding.Width), Dilation);

    /// <summary>The gradient of each term, W^T dy, added up where the term came from.</summary>
    private void ScatterInputGradient(float* weight, Upstream.PlanesSource upstream, Activation dx)
    {
        var pitch = Tiles.Round(BandRows * Output.Width, Tiles.Columns);
        using var packed = new Scratch<float>(Gemm.PackedLength(Depth, Filters));
        var a = packed.Pointer;
        Gemm.PackRows(Depth, Filters, new Matrix(weight, 1, Depth), a);
        var offsets = TermOffsets(PaddedWidth, 1, PaddedHeight * PaddedWidth);
        Threads.For(Images, image =>
        {
            using var dy = new Scratch<float>(Filters * pitch);
            using var terms = new Scratch<float>(Tiles.Round(Depth, Tiles.Rows) * pitch);
            using var padded = new Scratch<float>(Channels * PaddedHeight * PaddedWidth);
            new Span<float>(padded.Pointer, Channels * PaddedHeight * PaddedWidth).Clear();
            for (var row = 0; row < Output.Height; row += BandRows)
            {
                var rows = Math.Min(BandRows, Output.Height - row);
                upstream(image, row, rows, dy.Pointer, pitch);
                for (var p = 0; p < rows * Output.Width; p += Tiles.Columns)
                    for (var k = 0; k < Depth; k += Tiles.Rows)
                        Tiles.Multiply(Filters, a + k * Filters, 1, Tiles.Rows, dy.Pointer + p, pitch, terms.Pointer + k * pitch + p, pitch,
                            accumulate: false);
                for (var y = 0; y < rows; y++)
                    for (var k = 0; k < Depth; k++)
                        Scatter(terms.Pointer + k * pitch + y * Output.Width,
                            padded.Pointer + offsets[k] + (row + y) * Stride.Height * PaddedWidth);
            }
            for (var y = 0; y < Height; y++)
                dx.WritePlanes(image, y, padded.Pointer + (y + Padding.Height) * PaddedWidth + Padding.Width, PaddedHeight * PaddedWidth);
        });
    }

    private void Scatter(float* terms, float* target)
    {
        if (Stride.Width == 1)
            Elementwise.Add(target, terms, Output.Width);
        else
            for (var x = 0; x < Output.Width; x++)
                target[x * Stride.Width] += terms[x];
    }

    /// <summary>dw[O, C, KH, KW].</summary>
    public void WeightGradient(ChannelsLast.Source x, ChannelsLast.Source upstream, float* dw)
    {
        if (Winograd.Suits(this))
            new Winograd(this).WeightGradient(x, upstream, dw);
        else
            WeightGradientDirectly(x, upstream, dw);
    }

    private void WeightGradientDirectly(ChannelsLast.Source x, ChannelsLast.Source upstream, float* dw)
    {
        var filters = Tiles.Round(Filters, Tiles.Columns);
        var length = Tiles.Round(Depth, Tiles.Rows) * filters;
        using var total = new Scratch<float>(length);
        SumGroups(Images, total.Pointer, length, (first, last, sum) =>
        {
            new Span<float>(sum, length).Clear();
            for (var image = first; image < last; image++)
                AddWeightGradient(x, upstream, image, sum, filters);
        });
        ChannelsLast.ToPlanes(total.Pointer, filters, Filters, Depth, dw, Depth);
    }

    /// <summary>Writes the sum over the images from <paramref name="first"/> to <paramref name="last"/> - 1.</summary>
    public delegate void GroupSum(int first, int last, float* sum);

    /// <summary>
    /// total = the sum over all images: each group of <see cref="GroupSize"/> is summed by itself, and the groups are added in order,
    /// however many are summed at once.
    /// </summary>
    public static void SumGroups(int images, float* total, int length, GroupSum sumOf)
    {
        var groups = (images + GroupSize - 1) / GroupSize;
        var atOnce = Math.Min(groups, Math.Max(4 * Threads.Count, SummedAtOnce / length));
        using var partial = new Scratch<float>(atOnce * length);
        var sums = partial.Pointer;
        var done = 0;
        // Once also where there are no images: their sum is 0.
        do
        {
            var (begun, count) = (done, Math.Min(atOnce, groups - done));
            Threads.For(count, i =>
            {
                var first = (begun + i) * GroupSize;
                sumOf(first, Math.Min(images, first + GroupSize), sums + (nint)i * length);
            });
            Threads.Ranges(length, 4096, (start, end) =>
                Sum.Rows(sums + start, length, count, total + start, end - start, accumulate: begun > 0));
            done += count;
        }
        while (done < groups);
    }

    /// <summary>sum[Depth, filters] += terms[Depth, Pixels] dy[Pixels, filters] for one image.</summary>
    private void AddWeightGradient(ChannelsLast.Source x, ChannelsLast.Source upstream, int image, float* sum, int filters)
    {
        var (rowLength, pitch) = (PaddedWidth * Channels, BandRows * Output.Width + Tiles.Lanes);
        using var padded = new Scratch<float>(PaddedHeight * rowLength + Tiles.Rows);
        using var terms = new Scratch<float>(IsPointwise ? 0 : Tiles.Round(Depth, Tiles.Rows) * pitch);
        using var dy = new Scratch<float>(BandRows * Output.Width * filters);
        ChannelsLast.Pad(x, image, Height, Padding, 0, PaddedHeight, padded.Pointer, rowLength, Channels);
        for (var row = 0; row < Output.Height; row += BandRows)
        {
            var rows = Math.Min(BandRows, Output.Height - row);
            upstream(image, row, rows, dy.Pointer, Output.Width * filters, filters);
            var a = IsPointwise ? padded.Pointer + row * rowLength : terms.Pointer;
            var (aRow, aStep) = IsPointwise ? (1, Channels) : (pitch, 1);
            if (!IsPointwise)
                for (var y = 0; y < rows; y++)
                    CopyTerms(padded.Pointer + (row + y) * Stride.Height * rowLength, terms.Pointer + y * Output.Width, pitch);
            for (var o = 0; o < filters; o += Tiles.Columns)
                for (var k = 0; k < Depth; k += Tiles.Rows)
                    Tiles.Multiply(rows * Output.Width, a + k * aRow, aRow, aStep, dy.Pointer + o, filters, sum + k * filters + o, filters,
                        accumulate: true);
        }
    }
}
