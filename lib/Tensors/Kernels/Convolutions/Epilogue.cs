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

/// <summary>Adds the bias, if there is one, normalises each filter's outputs, applies an activation, and writes y.</summary>
/// <param name="numbers">Mean, scale and bias of the normalisation, <c>[3, filters]</c>: see <see cref="BatchNorm"/>.</param>
internal sealed unsafe class StoreNormalised<TActivation>(Activation y, float* bias, float* numbers) : Epilogue
    where TActivation : struct, IActivation
{
    private readonly float* bias = bias;
    private readonly float* numbers = numbers;

    public override void Band(int image, int filter, int filters, int row, int rows, float* band, int rowLength)
    {
        var columns = Tiles.Columns;
        var ofFilters = stackalloc float[4 * columns];
        new Span<float>(ofFilters, 4 * columns).Clear();
        for (var i = 0; i < filters; i++)
        {
            for (var number = 0; number < 3; number++)
                ofFilters[number * columns + i] = numbers[number * y.Channels + filter + i];
            ofFilters[3 * columns + i] = bias != null ? bias[filter + i] : 0;
        }
        for (var i = 0; i < rows; i++, band += rowLength)
        {
            for (var x = 0; x < y.Width; x++)
                for (var j = 0; j < columns; j += Vector<float>.Count)
                {
                    var output = Vector.Load(band + x * columns + j);
                    if (bias != null)
                        output += Vector.Load(ofFilters + 3 * columns + j);
                    BatchNorm.Normalise<TActivation>.Apply(output, output, Vector.Load(ofFilters + j), Vector.Load(ofFilters + columns + j),
                        Vector.Load(ofFilters + 2 * columns + j), output, output).Store(band + x * columns + j);
                }
            y.WritePixels(image, row + i, filter, filters, band, columns);
        }
    }
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
