namespace Fgsm.Tensors;

/// <summary>What is done with a convolution's outputs while they are in the cache. Called once for every output, by any thread.</summary>
internal abstract unsafe class Epilogue
{
    /// <summary>The smallest tile that this can take: 1, or 2 for windows of 2x2.</summary>
    public abstract int TileSize { get; }

    /// <summary>
    /// A row of tiles of <paramref name="size"/> by size outputs (1, 2 or 4): output (i, j) of tile t at <c>tiles + (size i + j) * step + t</c>.
    /// Tiles may reach over the edge of the plane.
    /// </summary>
    public abstract void TileRow(int image, int filter, int row, int size, float* tiles, int step);
}

/// <summary>Adds the bias, if there is one, and writes y <c>[N, O, OH, OW]</c>.</summary>
internal sealed unsafe class Store(Convolution shape, float* y, float* bias) : Epilogue
{
    private readonly float* y = y;
    private readonly float* bias = bias;

    public override int TileSize => 1;

    public override void TileRow(int image, int filter, int row, int size, float* tiles, int step)
    {
        var (height, width) = shape.Output;
        var sources = stackalloc float*[size];
        for (var i = 0; i < Math.Min(size, height - row * size); i++)
        {
            var target = y + ((nint)image * shape.Filters + filter) * shape.Pixels + (row * size + i) * width;
            for (var j = 0; j < size; j++)
                sources[j] = tiles + (i * size + j) * step;
            if (size == 1)
                new ReadOnlySpan<float>(tiles, width).CopyTo(new Span<float>(target, width));
            else
                Interleave.Merge(sources, size, target, width);
            if (bias != null)
                for (var x = 0; x < width; x++)
                    target[x] += bias[filter];
        }
    }
}
