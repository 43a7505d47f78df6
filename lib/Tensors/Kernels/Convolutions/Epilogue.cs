namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>What is done with a convolution's outputs while they are in the cache. Called once for every output, by any thread.</summary>
internal abstract unsafe class Epilogue
{
    /// <summary>
    /// Some rows of an image's output, for some filters: output (row + y, x) of filter (filter + i) at
    /// <c>band + y * rowLength + x * Tiles.Columns + i</c>. <paramref name="row"/> is even, and so is the
    /// number of rows, save for the last of an image.
    /// </summary>
    public abstract void Band(int image, int filter, int filters, int row, int rows, float* band, int rowLength);
}

/// <summary>Adds the bias, if there is one, applies a ReLU, if wanted, and writes y.</summary>
internal sealed unsafe class Store(Activation y, float* bias, bool relu = false) : Epilogue
{
    private readonly float* bias = bias;

    public override void Band(int image, int filter, int filters, int row, int rows, float* band, int rowLength)
    {
        for (var i = 0; i < rows; i++, band += rowLength)
        {
            for (var x = 0; x < y.Width; x++)
            {
                var outputs = band + x * Tiles.Columns;
                if (bias != null)
                    Elementwise.Add(outputs, bias + filter, filters);
                if (relu)
                    for (var j = 0; j < Tiles.Columns; j += Vector<float>.Count)
                        Relu.Apply(Vector.Load(outputs + j)).Store(outputs + j);
            }
            y.WritePixels(image, row + i, filter, filters, band, Tiles.Columns);
        }
    }
}
