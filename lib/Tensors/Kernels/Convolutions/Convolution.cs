using System.Runtime.Intrinsics;

namespace Fgsm.Tensors;

/// <summary>
/// The shapes of one 2D convolution and its three computations: output, input gradient, weight gradient.
/// x <c>[N, C, H, W]</c>, w <c>[O, C, KH, KW]</c>, y <c>[N, O, OH, OW]</c>.
/// </summary>
internal sealed unsafe class Convolution
{
    // Images whose weight gradients are summed in one chain; part of the definition of the result, not a tuning knob.
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

    /// <summary>A row of a computed plane is this long, so that whole tiles can be written.</summary>
    public int Pitch => (Output.Width + Tiles.Columns - 1) / Tiles.Columns * Tiles.Columns;
    public int PlaneLength => Output.Height * Pitch;
    public int PlanesLength => (Filters + Tiles.Rows - 1) / Tiles.Rows * Tiles.Rows * PlaneLength;

    // The padded image, split by stride into phases, so that a row of outputs reads a row of inputs at any stride.
    private readonly int phaseHeight;
    private readonly int phaseWidth;
    private int PaddedLength => Channels * Stride.Height * Stride.Width * phaseHeight * phaseWidth + Tiles.Columns;

    // Where term k = (c, ky, kx) of the first output lies in the padded image.
    private readonly int[] offsets;

    public Convolution(int images, int channels, int height, int width, int filters, (int, int) kernel, (int, int) stride, (int, int) padding)
    {
        (Images, Channels, Height, Width, Filters) = (images, channels, height, width, filters);
        (Kernel, Stride, Padding) = (kernel, stride, padding);
        Output = ((height + 2 * Padding.Height - Kernel.Height) / Stride.Height + 1, (width + 2 * Padding.Width - Kernel.Width) / Stride.Width + 1);
        phaseHeight = (height + 2 * Padding.Height + Stride.Height - 1) / Stride.Height;
        phaseWidth = (width + 2 * Padding.Width + Stride.Width - 1) / Stride.Width;
        offsets = new int[Depth];
        for (var k = 0; k < Depth; k++)
        {
            var (c, ky, kx) = (k / (Kernel.Height * Kernel.Width), k / Kernel.Width % Kernel.Height, k % Kernel.Width);
            offsets[k] = PhaseOffset(c, ky, kx);
        }
    }

    // Element (y, x) of channel c of the padded image.
    private int PhaseOffset(int c, int y, int x) =>
        (((c * Stride.Height + y % Stride.Height) * Stride.Width + x % Stride.Width) * phaseHeight + y / Stride.Height) * phaseWidth + x / Stride.Width;

    /// <summary>One image of the input, or of the gradient with respect to the output: where it lies, or computed into the buffer.</summary>
    public delegate float* Source(int image, float* buffer);

    public void Forward(Source x, float* weight, Epilogue epilogue)
    {
        if (Winograd.Suits(this))
        {
            new Winograd(this).Forward(x, weight, epilogue);
            return;
        }
        using var packed = new Scratch<float>(Gemm.PackedLength(Filters, Depth));
        var a = packed.Pointer;
        Gemm.PackRows(Filters, Depth, new Matrix(weight, Depth, 1), a);
        Threads.For(Images, image =>
        {
            using var buffer = new Scratch<float>(InputLength);
            using var padded = new Scratch<float>(PaddedLength);
            using var planes = new Scratch<float>(PlanesLength);
            Pad(x(image, buffer.Pointer), padded.Pointer);
            fixed (int* rows = offsets)
                for (var oy = 0; oy < Output.Height; oy++)
                    for (var ox = 0; ox < Output.Width; ox += Tiles.Columns)
                        for (var o = 0; o < Filters; o += Tiles.Rows)
                            Gemm.Tile(Tiles.Rows, Tiles.Columns, Depth, a + (nint)o * Depth, Tiles.Rows, padded.Pointer + oy * phaseWidth + ox, 0, rows,
                                planes.Pointer + (nint)o * PlaneLength + oy * Pitch + ox, PlaneLength, accumulate: false);
            for (var o = 0; o < Filters; o++)
                epilogue.Plane(image, o, planes.Pointer + o * PlaneLength, Pitch);
        });
    }

    private void Pad(float* image, float* padded)
    {
        new Span<float>(padded, PaddedLength).Clear();
        for (var c = 0; c < Channels; c++)
            for (var y = 0; y < Height; y++)
            {
                var source = image + (c * Height + y) * Width;
                if (Stride.Width == 1)
                    new ReadOnlySpan<float>(source, Width).CopyTo(new Span<float>(padded + PhaseOffset(c, y + Padding.Height, Padding.Width), Width));
                else
                    for (var x = 0; x < Width; x++)
                        padded[PhaseOffset(c, y + Padding.Height, x + Padding.Width)] = source[x];
            }
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
        using var packed = new Scratch<float>(Gemm.PackedLength(Depth, Filters));
        var a = packed.Pointer;
        Gemm.PackRows(Depth, Filters, new Matrix(weight, Depth, 1).T, a);
        Threads.For(Images, image =>
        {
            using var buffer = new Scratch<float>(OutputLength);
            using var terms = new Scratch<float>(Depth * Pixels);
            using var padded = new Scratch<float>(PaddedLength);
            var dy = upstream(image, buffer.Pointer);
            Gemm.MultiplyPacked(Depth, Pixels, Filters, a, new Matrix(dy, Pixels, 1), new Matrix(terms.Pointer, Pixels, 1), accumulate: false);
            new Span<float>(padded.Pointer, PaddedLength).Clear();
            for (var k = 0; k < Depth; k++)
                for (var oy = 0; oy < Output.Height; oy++)
                    Elementwise.Add(padded.Pointer + offsets[k] + oy * phaseWidth, terms.Pointer + k * Pixels + oy * Output.Width, Output.Width);
            Unpad(padded.Pointer, dx + (nint)image * InputLength);
        });
    }

    private void Unpad(float* padded, float* image)
    {
        for (var c = 0; c < Channels; c++)
            for (var y = 0; y < Height; y++)
                for (var x = 0; x < Width; x++)
                    image[(c * Height + y) * Width + x] = padded[PhaseOffset(c, y + Padding.Height, x + Padding.Width)];
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
        var length = Filters * Depth;
        using var partial = new Scratch<float>(groups * length);
        var sums = partial.Pointer;
        Threads.For(groups, group =>
        {
            var sum = sums + (nint)group * length;
            new Span<float>(sum, length).Clear();
            for (var image = group * GroupSize; image < Math.Min(Images, (group + 1) * GroupSize); image++)
                AddWeightGradient(x + (nint)image * InputLength, upstream, image, sum);
        });
        Threads.Ranges(length, 4096, (start, end) => Sum.Rows(sums + start, length, groups, dw + start, end - start));
    }

    /// <summary>sum[O, Depth] += dy[O, Pixels] * patches[Pixels, Depth] for one image, some rows of pixels at a time.</summary>
    private void AddWeightGradient(float* image, Source upstream, int index, float* sum)
    {
        using var buffer = new Scratch<float>(OutputLength);
        using var padded = new Scratch<float>(PaddedLength + Tiles.Columns);
        var dy = upstream(index, buffer.Pointer);
        Pad(image, padded.Pointer);
        var pitch = (Depth + Tiles.Columns - 1) / Tiles.Columns * Tiles.Columns;
        var rows = Math.Clamp(32768 / (pitch * Output.Width), 1, Output.Height);
        using var patches = new Scratch<float>(rows * Output.Width * pitch + Tiles.Columns);
        using var packed = new Scratch<float>(Gemm.PackedLength(Filters, rows * Output.Width));
        for (var oy = 0; oy < Output.Height; oy += rows)
        {
            var count = Math.Min(rows, Output.Height - oy);
            var pixels = count * Output.Width;
            for (var p = 0; p < pixels; p++)
                CopyPatch(padded.Pointer + (oy + p / Output.Width) * phaseWidth + p % Output.Width, patches.Pointer + p * pitch);
            Gemm.PackRows(Filters, pixels, new Matrix(dy + oy * Output.Width, Pixels, 1), packed.Pointer);
            for (var k = 0; k < Depth; k += Tiles.Columns)
                for (var o = 0; o < Filters; o += Tiles.Rows)
                    Gemm.Tile(Math.Min(Tiles.Rows, Filters - o), Math.Min(Tiles.Columns, Depth - k), pixels, packed.Pointer + o * pixels, Tiles.Rows, patches.Pointer + k, pitch, null,
                        sum + (nint)o * Depth + k, Depth, accumulate: true);
        }
    }

    private void CopyPatch(float* source, float* patch)
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
