using System.Numerics;
using System.Runtime.Intrinsics;

namespace Fgsm.Tensors;

/// <summary>
/// The shapes of one 2D convolution and its three computations: output, input gradient, weight gradient.
/// x <c>[N, C, H, W]</c>, w <c>[O, C, KH, KW]</c>, y <c>[N, O, OH, OW]</c>. Which method computes them depends on the shapes
/// only, never on the machine: another method has other bits.
/// </summary>
internal sealed unsafe class Convolution
{
    /// <summary>Images whose weight gradients are summed in one chain; part of the definition of the result, not a tuning knob.</summary>
    public const int GroupSize = 8;

    public int Images { get; }
    public int Channels { get; }
    public int Height { get; }
    public int Width { get; }
    public int Filters { get; }
    public (int Height, int Width) Kernel { get; }
    public (int Height, int Width) Stride { get; }
    public (int Height, int Width) Padding { get; }
    public (int Height, int Width) Output { get; }

    /// <summary>Terms of each output element: C * KH * KW.</summary>
    public int Depth => Channels * Kernel.Height * Kernel.Width;
    public int Pixels => Output.Height * Output.Width;
    public int InputLength => Channels * Height * Width;
    public int OutputLength => Filters * Pixels;

    public Convolution(int images, int channels, int height, int width, int filters, (int, int) kernel, (int, int) stride, (int, int) padding)
    {
        (Images, Channels, Height, Width, Filters) = (images, channels, height, width, filters);
        (Kernel, Stride, Padding) = (kernel, stride, padding);
        Output = ((height + 2 * Padding.Height - Kernel.Height) / Stride.Height + 1, (width + 2 * Padding.Width - Kernel.Width) / Stride.Width + 1);
    }

    /// <summary>One image of the input, or of the gradient with respect to the output: where it lies, or computed into the buffer.</summary>
    public delegate float* Source(int image, float* buffer);

    public void Forward(Source x, float* weight, Epilogue epilogue)
    {
        if (Winograd.Suits(this))
            new Winograd(this).Forward(x, weight, epilogue);
        else
            ForwardDirectly(x, weight, epilogue);
    }

    private void ForwardDirectly(Source x, float* weight, Epilogue epilogue)
    {
        var size = epilogue.TileSize;
        var image = new PaddedImage(this, size);
        var (tilesHigh, tilesWide) = ((Output.Height + size - 1) / size, (Output.Width + size - 1) / size);
        var filters = (Filters + Tiles.Rows - 1) / Tiles.Rows * Tiles.Rows;
        var pitch = (tilesWide + Tiles.Columns - 1) / Tiles.Columns * Tiles.Columns;
        using var packed = new Scratch<float>(filters * Depth);
        var a = packed.Pointer;
        Gemm.PackRows(Filters, Depth, new Matrix(weight, Depth, 1), a);
        // Term k of output (i, j) of a tile lies at offsets[i, j, k] from the tile's first pixel.
        var offsets = new int[size * size * Depth];
        for (var i = 0; i < offsets.Length; i++)
        {
            var (place, k) = (i / Depth, i % Depth);
            offsets[i] = image.Offset(k / (Kernel.Height * Kernel.Width), place / size * Stride.Height + k / Kernel.Width % Kernel.Height, place % size * Stride.Width + k % Kernel.Width);
        }

        Threads.For(Images, n =>
        {
            using var buffer = new Scratch<float>(InputLength);
            using var padded = new Scratch<float>(image.Length);
            using var rows = new Scratch<float>(filters * size * size * pitch + 16);
            var (outputs, step) = ((nint)rows.Pointer, size * size * pitch);
            image.Fill(x(n, buffer.Pointer), padded.Pointer);
            for (var row = 0; row < tilesHigh; row++)
            {
                for (var place = 0; place < size * size; place++)
                    fixed (int* terms = &offsets[place * Depth])
                        for (var t = 0; t < tilesWide; t += Tiles.Columns)
                            for (var o = 0; o < filters; o += Tiles.Rows)
                                Gemm.Tile(Tiles.Rows, Tiles.Columns, Depth, a + (nint)o * Depth, Tiles.Rows, padded.Pointer + row * image.RowLength + t, 0, terms,
                                    (float*)outputs + (nint)o * step + place * pitch + t, step, accumulate: false);
                for (var o = 0; o < Filters; o++)
                    epilogue.TileRow(n, o, row, size, (float*)outputs + (nint)o * step, pitch);
            }
        });
    }

    /// <summary>dx[N, C, H, W].</summary>
    public void InputGradient(float* weight, Source upstream, float* dx)
    {
        if (Stride == (1, 1) && Channels >= 4 && Padding.Height < Kernel.Height && Padding.Width < Kernel.Width)
            CorrelateInputGradient(weight, upstream, dx);
        else
            ScatterInputGradient(weight, upstream, dx);
    }

    /// <summary>At stride 1, the input gradient is the convolution of the output gradient with the filters turned by 180 degrees.</summary>
    private void CorrelateInputGradient(float* weight, Source upstream, float* dx)
    {
        var turned = new Convolution(Images, Filters, Output.Height, Output.Width, Channels, Kernel, (1, 1), (Kernel.Height - 1 - Padding.Height, Kernel.Width - 1 - Padding.Width));
        var area = Kernel.Height * Kernel.Width;
        using var flipped = new Scratch<float>(Filters * Depth);
        var w = flipped.Pointer;
        for (var o = 0; o < Filters; o++)
            for (var c = 0; c < Channels; c++)
                for (var k = 0; k < area; k++)
                    w[(c * Filters + o) * area + k] = weight[(o * Channels + c) * area + area - 1 - k];
        turned.Forward(upstream, w, new Store(turned, dx, bias: null));
    }

    /// <summary>The gradient of each term, W^T dy, added up where the term came from.</summary>
    private void ScatterInputGradient(float* weight, Source upstream, float* dx)
    {
        var image = new PaddedImage(this, 1);
        var offsets = TermOffsets(image);
        using var packed = new Scratch<float>(Gemm.PackedLength(Depth, Filters));
        var a = packed.Pointer;
        Gemm.PackRows(Depth, Filters, new Matrix(weight, Depth, 1).T, a);
        Threads.For(Images, n =>
        {
            using var buffer = new Scratch<float>(OutputLength);
            using var terms = new Scratch<float>(Depth * Pixels);
            using var padded = new Scratch<float>(image.Length);
            var dy = upstream(n, buffer.Pointer);
            Gemm.MultiplyPacked(Depth, Pixels, Filters, a, new Matrix(dy, Pixels, 1), new Matrix(terms.Pointer, Pixels, 1), accumulate: false);
            new Span<float>(padded.Pointer, image.Length).Clear();
            for (var k = 0; k < Depth; k++)
                for (var oy = 0; oy < Output.Height; oy++)
                    Elementwise.Add(padded.Pointer + offsets[k] + oy * image.RowLength, terms.Pointer + k * Pixels + oy * Output.Width, Output.Width);
            image.Read(padded.Pointer, dx + (nint)n * InputLength);
        });
    }

    private int[] TermOffsets(PaddedImage image)
    {
        var offsets = new int[Depth];
        for (var k = 0; k < Depth; k++)
            offsets[k] = image.Offset(k / (Kernel.Height * Kernel.Width), k / Kernel.Width % Kernel.Height, k % Kernel.Width);
        return offsets;
    }

    /// <summary>dw[O, C, KH, KW].</summary>
    public void WeightGradient(float* x, Source upstream, float* dw)
    {
        if (Winograd.Suits(this))
        {
            new Winograd(this).WeightGradient(x, upstream, dw);
            return;
        }
        var groups = (Images + GroupSize - 1) / GroupSize;
        var pitch = (Depth + 31) / 32 * 32;
        var length = Filters * pitch;
        var image = new PaddedImage(this, 1);
        var offsets = TermOffsets(image);
        using var partial = new Scratch<float>(groups * length);
        var sums = partial.Pointer;
        Threads.For(groups, group =>
        {
            var sum = sums + (nint)group * length;
            new Span<float>(sum, length).Clear();
            for (var n = group * GroupSize; n < Math.Min(Images, (group + 1) * GroupSize); n++)
                AddWeightGradient(x + (nint)n * InputLength, upstream, n, image, offsets, sum, pitch);
        });
        Threads.For(Filters, o => Sum.Rows(sums + o * pitch, length, groups, dw + o * Depth, Depth));
    }

    /// <summary>sum[O, pitch] += dy[O, Pixels] * patches[Pixels, pitch] for one image.</summary>
    private void AddWeightGradient(float* x, Source upstream, int n, PaddedImage image, int[] offsets, float* sum, int pitch)
    {
        using var buffer = new Scratch<float>(OutputLength);
        using var padded = new Scratch<float>(image.Length);
        using var patches = new Scratch<float>(Pixels * pitch + 8);
        using var places = new Scratch<int>(Pixels + NonZeros.Room);
        var dy = upstream(n, buffer.Pointer);
        image.Fill(x, padded.Pointer);
        for (var p = 0; p < Pixels; p++)
            CopyPatch(padded.Pointer + p / Output.Width * image.RowLength + p % Output.Width, offsets, patches.Pointer + (nint)p * pitch);
        for (var o = 0; o < Filters; o++)
        {
            var gradient = dy + o * Pixels;
            var count = NonZeros.Find(gradient, Pixels, places.Pointer);
            for (var k = 0; k < Depth; k += 4 * Vector<float>.Count)
                AddPatches(gradient, places.Pointer, count, patches.Pointer + k, pitch, sum + o * pitch + k);
        }
    }

    private static void AddPatches(float* gradient, int* places, int count, float* patches, int pitch, float* sum)
    {
        var n = Vector<float>.Count;
        var (sum0, sum1, sum2, sum3) = (Vector.Load(sum), Vector.Load(sum + n), Vector.Load(sum + 2 * n), Vector.Load(sum + 3 * n));
        for (var i = 0; i < count; i++)
        {
            var g = Vector.Create(gradient[places[i]]);
            var patch = patches + (nint)places[i] * pitch;
            sum0 = Vector.FusedMultiplyAdd(g, Vector.Load(patch), sum0);
            sum1 = Vector.FusedMultiplyAdd(g, Vector.Load(patch + n), sum1);
            sum2 = Vector.FusedMultiplyAdd(g, Vector.Load(patch + 2 * n), sum2);
            sum3 = Vector.FusedMultiplyAdd(g, Vector.Load(patch + 3 * n), sum3);
        }
        sum0.Store(sum);
        sum1.Store(sum + n);
        sum2.Store(sum + 2 * n);
        sum3.Store(sum + 3 * n);
    }

    private void CopyPatch(float* source, int[] offsets, float* patch)
    {
        if (Stride.Width == 1 && Kernel.Width <= 8)
        {
            // A whole vector each time; what it writes too much, the next one overwrites.
            for (var k = 0; k < Depth; k += Kernel.Width)
                Vector256.Load(source + offsets[k]).Store(patch + k);
            return;
        }
        for (var k = 0; k < Depth; k++)
            patch[k] = source[offsets[k]];
    }
}
