namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>
/// A 3x3 or 5x5 convolution of stride 1 by Winograd's method: 5 and 6.25 times fewer multiplications. In each of 64 points
/// the convolution is a matrix product over the channels: V [tiles, C] times U [C, O]. See <see cref="WinogradTransforms"/>.
/// </summary>
internal sealed unsafe class Winograd(Convolution shape)
{
    private const int Points = WinogradTransforms.Points;

    // Tiles that are transformed, multiplied and transformed back together, so that all stays in the second-level cache.
    private const int BlockTiles = 48;

    /// <summary>A tile is this many outputs wide and high: 6 for 3x3, 4 for 5x5.</summary>
    private readonly int size = SizeOf(shape);
    private readonly int tilesHigh = (shape.Output.Height + SizeOf(shape) - 1) / SizeOf(shape);
    private readonly int tilesWide = (shape.Output.Width + SizeOf(shape) - 1) / SizeOf(shape);

    // Channels and filters, filled up to whole vectors.
    private readonly int channels = Tiles.Round(shape.Channels, Tiles.Lanes);
    private readonly int filters = Tiles.Round(shape.Filters, Tiles.Lanes);

    private static int SizeOf(Convolution shape) => WinogradTransforms.Size + 1 - shape.Kernel.Width;

    public static bool Suits(Convolution shape) =>
        shape.Stride == (1, 1) && shape.Dilation == (1, 1) && shape.Kernel is (3, 3) or (5, 5) && shape.Channels >= 8 && shape.Filters >= 8;

    // From here on a point's products are done for many tiles at once: 64 matrices of C by O are more than the second-level cache holds.
    private bool ByPoint => shape.Channels * shape.Filters >= 1 << 14;

    // Numbers of transformed tiles that lie in memory at once.
    private const int Transformed = 1 << 23;

    /// <summary>Rows of tiles whose points are multiplied together.</summary>
    private int PointRows => Math.Max(1, Transformed / (Points * tilesWide * (channels + filters)));

    /// <summary>Rows of tiles in a block: whole images, or where one is too large, a part of it.</summary>
    private int BlockRows => Math.Max(1, BlockTiles / tilesWide);

    // The distance of one point's matrix from the next: 64 of them are written together, so they must not share cache sets.
    private static int Spread(int length) => Tiles.Round(length, 1024) + 48;

    // From so many tiles on, transforming the filters takes little beside their use.
    private const int FewTiles = 256;

    public void Forward(ChannelsLast.Source x, Filters weight, Epilogue epilogue)
    {
        var panels = (shape.Filters + Tiles.Columns - 1) / Tiles.Columns;
        var uStep = panels * shape.Channels * Tiles.Columns;
        var kept = shape.Images * tilesHigh * tilesWide > FewTiles ? null
            : weight.Kept("winograd", shape, Points * uStep, target => TransformFilters(weight.Data, (float*)target, uStep, panels));
        if (kept is not null)
        {
            Forward(x, kept, uStep, panels, epilogue);
            return;
        }
        using var transformed = new Scratch<float>(Points * uStep);
        TransformFilters(weight.Data, transformed.Pointer, uStep, panels);
        Forward(x, transformed.Pointer, uStep, panels, epilogue);
    }

    private void Forward(ChannelsLast.Source x, float* u, int uStep, int panels, Epilogue epilogue)
    {
        var (tileRows, blockRows, columns) = (shape.Images * tilesHigh, BlockRows, Tiles.Columns);
        if (ByPoint)
        {
            for (var first = 0; first < tileRows; first += PointRows)
                ForwardByPoint(x, u, uStep, panels, first, Math.Min(tileRows, first + PointRows), epilogue);
            return;
        }

        Threads.For((tileRows + blockRows - 1) / blockRows, block =>
        {
            var (first, last) = (block * blockRows, Math.Min(tileRows, (block + 1) * blockRows));
            var tiles = Tiles.Round((last - first) * tilesWide, Tiles.Rows);
            var (vStep, mStep) = (Spread(tiles * channels), Spread(tiles * columns));
            using var input = new Scratch<float>(Points * vStep);
            using var output = new Scratch<float>(Points * mStep);
            using var band = new Scratch<float>(size * tilesWide * size * columns);
            var v = input.Pointer;
            var m = output.Pointer;
            TransformInput(x, first, last, v, vStep);
            for (var panel = 0; panel < panels; panel++)
            {
                for (var point = 0; point < Points; point++)
                    for (var t = 0; t < tiles; t += Tiles.Rows)
                        Tiles.Multiply(shape.Channels, v + point * vStep + t * channels, channels, 1,
                            u + point * uStep + panel * shape.Channels * columns, columns,
                            m + point * mStep + t * columns, columns, accumulate: false);
                for (var row = first; row < last; row++)
                    WriteRow(m + (row - first) * tilesWide * columns, mStep, columns, row, panel, band.Pointer, epilogue);
            }
        });
    }

    /// <summary>The same for some rows of tiles, point by point; each point's matrices are read once.</summary>
    private void ForwardByPoint(ChannelsLast.Source x, float* u, int uStep, int panels, int first, int last, Epilogue epilogue)
    {
        var (tiles, columns) = (Tiles.Round((last - first) * tilesWide, Tiles.Rows), Tiles.Columns);
        var (pitch, depth) = (panels * columns, shape.Channels);
        var (vStep, mStep) = (Spread(tiles * channels), Spread(tiles * pitch));
        using var input = new Scratch<float>(Points * vStep);
        using var output = new Scratch<float>(Points * mStep);
        var v = input.Pointer;
        var m = output.Pointer;
        Threads.For(last - first, row =>
            TransformInput(x, first + row, first + row + 1, v + row * tilesWide * channels, vStep));
        Threads.For(Points, point =>
        {
            for (var panel = 0; panel < panels; panel++)
                for (var t = 0; t < tiles; t += Tiles.Rows)
                    Tiles.Multiply(depth, v + point * vStep + t * channels, channels, 1, u + point * uStep + panel * depth * columns,
                        columns, m + point * mStep + t * pitch + panel * columns, pitch, accumulate: false);
        });
        Threads.For(last - first, row =>
        {
            using var band = new Scratch<float>(size * tilesWide * size * columns);
            for (var panel = 0; panel < panels; panel++)
                WriteRow(m + row * tilesWide * pitch + panel * columns, mStep, pitch, first + row, panel, band.Pointer, epilogue);
        });
    }

    /// <summary>Transforms one row of tiles back, for one panel of filters; tiles lie <paramref name="pitch"/> apart.</summary>
    private void WriteRow(float* source, int step, int pitch, int row, int panel, float* band, Epilogue epilogue)
    {
        var columns = Tiles.Columns;
        var rowLength = tilesWide * size * columns;
        for (var t = 0; t < tilesWide; t++)
            for (var i = 0; i < columns; i += Vector<float>.Count)
                WinogradTransforms.Output(size, source + t * pitch + i, step, band + t * size * columns + i, rowLength, columns);
        var y = row % tilesHigh * size;
        epilogue.Band(row / tilesHigh, panel * columns, Math.Min(columns, shape.Filters - panel * columns), y,
            Math.Min(size, shape.Output.Height - y), band, rowLength);
    }

    /// <summary>u[point, panel of filters, c, filter within the panel].</summary>
    private void TransformFilters(float* weight, float* u, int uStep, int panels)
    {
        var (columns, terms) = (Tiles.Columns, shape.Depth);
        var area = shape.Kernel.Width * shape.Kernel.Width;
        Threads.For(panels, panel =>
        {
            using var packed = new Scratch<float>(terms * columns);
            var g = packed.Pointer;
            Gemm.Pack(Math.Min(columns, shape.Filters - panel * columns), columns, terms, weight + panel * columns * terms, terms, 1, g);
            for (var c = 0; c < shape.Channels; c++)
                for (var i = 0; i < columns; i += Vector<float>.Count)
                    WinogradTransforms.Filter(
                        shape.Kernel.Width, g + c * area * columns + i, columns, u + (panel * shape.Channels + c) * columns + i, uStep);
        });
    }

    /// <summary>v[point, tile, C] for some rows of tiles, counted over all images.</summary>
    private void TransformInput(ChannelsLast.Source x, int first, int last, float* v, int vStep) =>
        Transform(x, shape.Height, shape.Padding, WinogradTransforms.Size, channels, first, last, v, vStep);

    /// <summary>w[point, tile, O] of the output gradient, likewise.</summary>
    private void TransformGradient(ChannelsLast.Source upstream, int first, int last, float* w, int wStep) =>
        Transform(upstream, shape.Output.Height, (0, 0), size, filters, first, last, w, wStep);

    /// <summary>Transforms some rows of tiles, image by image; a tile is made from <paramref name="window"/> by as many pixels.</summary>
    private void Transform(ChannelsLast.Source source, int height, (int Height, int Width) padding, int window, int pitch,
        int first, int last, float* target, int step)
    {
        var rowLength = ((tilesWide - 1) * size + window) * pitch;
        using var padded = new Scratch<float>(((Math.Min(last - first, tilesHigh) - 1) * size + window) * rowLength);
        while (first < last)
        {
            var (row, rows) = (first % tilesHigh, Math.Min(last - first, tilesHigh - first % tilesHigh));
            ChannelsLast.Pad(source, first / tilesHigh, height, padding, row * size, (rows - 1) * size + window, padded.Pointer,
                rowLength, pitch);
            for (var t = 0; t < rows * tilesWide; t++, target += pitch)
            {
                var tile = padded.Pointer + t / tilesWide * size * rowLength + t % tilesWide * size * pitch;
                for (var c = 0; c < pitch; c += Vector<float>.Count)
                    if (window == WinogradTransforms.Size)
                        WinogradTransforms.Input(tile + c, rowLength, pitch, target + c, step);
                    else
                        WinogradTransforms.OutputGradient(size, tile + c, rowLength, pitch, target + c, step);
            }
            first += rows;
        }
    }

    /// <summary>
    /// dw[O, C, K, K]: in each point the product of the transformed output gradient and the transformed input, over all tiles.
    /// </summary>
    public void WeightGradient(ChannelsLast.Source x, ChannelsLast.Source upstream, float* dw)
    {
        var step = Tiles.Round(shape.Filters, Tiles.Rows) * Tiles.Round(channels, Tiles.Columns);
        using var total = new Scratch<float>(Points * step);
        if (ByPoint && shape.Images > 0)
            for (var first = 0; first < shape.Images * tilesHigh; first += PointRows)
                AddWeightGradientByPoint(
                    x, upstream, first, Math.Min(shape.Images * tilesHigh, first + PointRows), total.Pointer, step, accumulate: first > 0);
        else
            Convolution.SumGroups(shape.Images, total.Pointer, Points * step, (first, last, sum) =>
            {
                for (var row = first * tilesHigh; row < last * tilesHigh; row += BlockRows)
                    AddWeightGradient(
                        x, upstream, row, Math.Min(last * tilesHigh, row + BlockRows), sum, step, accumulate: row > first * tilesHigh);
            });
        TransformFilterGradient(total.Pointer, step, dw);
    }

    /// <summary>sum[point, O, C] (+)= the product over some rows of tiles: one chain over all tiles.</summary>
    private void AddWeightGradientByPoint(
        ChannelsLast.Source x, ChannelsLast.Source upstream, int first, int last, float* sum, int step, bool accumulate)
    {
        var (tiles, pitch) = ((last - first) * tilesWide, Tiles.Round(channels, Tiles.Columns));
        var (vStep, wStep) = (Spread(tiles * channels), Spread(tiles * filters));
        using var input = new Scratch<float>(Points * vStep);
        using var gradient = new Scratch<float>(Points * wStep);
        var v = input.Pointer;
        var w = gradient.Pointer;
        Threads.For(last - first, row =>
        {
            TransformInput(x, first + row, first + row + 1, v + row * tilesWide * channels, vStep);
            TransformGradient(upstream, first + row, first + row + 1, w + row * tilesWide * filters, wStep);
        });
        Threads.For(Points, point =>
        {
            using var packed = new Scratch<float>(Gemm.PackedLength(shape.Filters, tiles));
            Gemm.PackRows(shape.Filters, tiles, new Matrix(w + point * wStep, 1, filters), packed.Pointer);
            Gemm.MultiplyPacked(shape.Filters, shape.Channels, tiles, packed.Pointer, new Matrix(v + point * vStep, channels, 1),
                new Matrix(sum + point * step, pitch, 1), accumulate);
        });
    }

    /// <summary>dw[O, C, K, K] from the gradient of its points, <c>[point, O, C]</c>.</summary>
    private void TransformFilterGradient(float* total, int step, float* dw)
    {
        var (area, pitch) = (shape.Kernel.Width * shape.Kernel.Width, Tiles.Round(channels, Tiles.Columns));
        Threads.For(shape.Filters, o =>
        {
            using var gradient = new Scratch<float>(area * channels);
            for (var c = 0; c < channels; c += Vector<float>.Count)
                WinogradTransforms.FilterGradient(shape.Kernel.Width, total + o * pitch + c, step, gradient.Pointer + c, channels);
            ChannelsLast.ToPlanes(gradient.Pointer, channels, shape.Channels, area, dw + (nint)o * shape.Depth, area);
        });
    }

    /// <summary>sum[point, O, C] (+)= w[point, tile, O]^T v[point, tile, C] for some rows of tiles.</summary>
    private void AddWeightGradient(
        ChannelsLast.Source x, ChannelsLast.Source upstream, int first, int last, float* sum, int step, bool accumulate)
    {
        var (tiles, pitch) = ((last - first) * tilesWide, Tiles.Round(channels, Tiles.Columns));
        var (vStep, wStep) = (Spread(tiles * channels + Tiles.Columns), Spread(tiles * filters + Tiles.Rows));
        using var input = new Scratch<float>(Points * vStep);
        using var gradient = new Scratch<float>(Points * wStep);
        TransformInput(x, first, last, input.Pointer, vStep);
        TransformGradient(upstream, first, last, gradient.Pointer, wStep);
        for (var point = 0; point < Points; point++)
            for (var c = 0; c < shape.Channels; c += Tiles.Columns)
                for (var o = 0; o < shape.Filters; o += Tiles.Rows)
                    Tiles.Multiply(tiles, gradient.Pointer + point * wStep + o, 1, filters, input.Pointer + point * vStep + c, channels,
                        sum + point * step + o * pitch + c, pitch, accumulate);
    }
}
