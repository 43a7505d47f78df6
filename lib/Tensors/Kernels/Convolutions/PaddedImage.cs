namespace Fgsm.Tensors;

/// <summary>
/// An image with zeros around it, split into phases: every <c>step</c>-th row and column, where step is the stride times the size
/// of a tile of outputs. Tiles side by side then read numbers side by side, at any stride.
/// </summary>
internal sealed unsafe class PaddedImage
{
    private readonly Convolution shape;
    private readonly int stepHigh;
    private readonly int stepWide;
    private readonly int high;

    /// <param name="reach">How far a tile reads, in rows and columns; more than the kernel for Winograd's tiles.</param>
    public PaddedImage(Convolution shape, int size, int? reach = null)
    {
        this.shape = shape;
        (stepHigh, stepWide) = (shape.Stride.Height * size, shape.Stride.Width * size);
        high = Rows(shape.Output.Height, shape.Height + 2 * shape.Padding.Height, shape.Stride.Height, shape.Kernel.Height);
        RowLength = Rows(shape.Output.Width, shape.Width + 2 * shape.Padding.Width, shape.Stride.Width, shape.Kernel.Width);

        int Rows(int outputs, int inputs, int stride, int kernel)
        {
            var tiles = (outputs + size - 1) / size;
            var last = Math.Max(inputs, (tiles - 1) * size * stride + (reach ?? (size - 1) * stride + kernel));
            return (last + stride * size - 1) / (stride * size);
        }
    }

    /// <summary>From one row of tiles to the next.</summary>
    public int RowLength { get; }

    /// <summary>With room for a vector to read beyond the last row.</summary>
    public int Length => shape.Channels * stepHigh * stepWide * high * RowLength + 64;

    /// <summary>Where element (y, x) of channel c of the padded image lies.</summary>
    public int Offset(int c, int y, int x) =>
        (((c * stepHigh + y % stepHigh) * stepWide + x % stepWide) * high + y / stepHigh) * RowLength + x / stepWide;

    /// <summary>Pads and splits an image [C, H, W].</summary>
    public void Fill(float* source, float* padded)
    {
        new Span<float>(padded, Length).Clear();
        var targets = stackalloc float*[stepWide];
        for (var c = 0; c < shape.Channels; c++)
            for (var y = 0; y < shape.Height; y++)
            {
                for (var j = 0; j < stepWide; j++)
                    targets[j] = padded + Offset(c, y + shape.Padding.Height, j + shape.Padding.Width);
                var row = source + (c * shape.Height + y) * shape.Width;
                if (stepWide == 1)
                    new ReadOnlySpan<float>(row, shape.Width).CopyTo(new Span<float>(targets[0], shape.Width));
                else
                    Interleave.Split(row, shape.Width, stepWide, targets);
            }
    }

    /// <summary>The opposite of <see cref="Fill"/>: what lies inside the padding.</summary>
    public void Read(float* padded, float* target)
    {
        var sources = stackalloc float*[stepWide];
        for (var c = 0; c < shape.Channels; c++)
            for (var y = 0; y < shape.Height; y++, target += shape.Width)
            {
                for (var j = 0; j < stepWide; j++)
                    sources[j] = padded + Offset(c, y + shape.Padding.Height, j + shape.Padding.Width);
                if (stepWide == 1)
                    new ReadOnlySpan<float>(sources[0], shape.Width).CopyTo(new Span<float>(target, shape.Width));
                else
                    Interleave.Merge(sources, stepWide, target, shape.Width);
            }
    }
}
