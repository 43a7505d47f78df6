namespace Fgsm.Tensors;

/// <summary>What is done with a convolution's outputs while they are in the cache. Called once for every output, by any thread.</summary>
internal abstract unsafe class Epilogue
{
    /// <summary>All outputs of one filter; rows lie <paramref name="pitch"/> apart.</summary>
    public abstract void Plane(int image, int filter, float* plane, int pitch);

    /// <summary>
    /// A row of tiles of <paramref name="size"/> by size outputs (2 or 4): output (i, j) of tile t at <c>tiles + (size i + j) * step + t</c>.
    /// Tiles may reach over the edge of the plane.
    /// </summary>
    public abstract void TileRow(int image, int filter, int row, int size, float* tiles, int step);
}

/// <summary>Adds the bias, if there is one, and writes y <c>[N, O, OH, OW]</c>.</summary>
internal sealed unsafe class Store(Convolution shape, float* y, float* bias) : Epilogue
{
    private readonly float* y = y;
    private readonly float* bias = bias;

    public override void Plane(int image, int filter, float* plane, int pitch)
    {
        var (height, width) = shape.Output;
        for (var row = 0; row < height; row++)
        {
            var target = Row(image, filter, row);
            new ReadOnlySpan<float>(plane + row * pitch, width).CopyTo(new Span<float>(target, width));
            AddBias(target, filter);
        }
    }

    public override void TileRow(int image, int filter, int row, int size, float* tiles, int step)
    {
        for (var i = 0; i < Math.Min(size, shape.Output.Height - row * size); i++)
        {
            var target = Row(image, filter, row * size + i);
            for (var j = 0; j < size; j++)
            {
                var source = tiles + (i * size + j) * step;
                for (var x = j; x < shape.Output.Width; x += size)
                    target[x] = *source++;
            }
            AddBias(target, filter);
        }
    }

    private float* Row(int image, int filter, int row) => y + ((nint)image * shape.Filters + filter) * shape.Pixels + row * shape.Output.Width;

    private void AddBias(float* row, int filter)
    {
        if (bias == null)
            return;
        for (var x = 0; x < shape.Output.Width; x++)
            row[x] += bias[filter];
    }
}
