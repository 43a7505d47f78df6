namespace Fgsm.Tensors.Kernels;

/// <summary>Rows that are shifted and scaled to mean 0 and variance 1.</summary>
internal static unsafe class Standardisation
{
    /// <summary>y = (x - mean) * factor with factor = 1 / sqrt(var + eps), which is returned.</summary>
    public static float Row(float* x, int length, double eps, float* y)
    {
        // A first mean, and then what it lacks: distances from it are small, and so are their sums' errors.
        Scale(x, 1, Sum.Of(x, length) / length, y, length);
        var rest = (double)Sum.Of(y, length) / length;
        var factor = (float)(1 / Math.Sqrt((double)Sum.Of(y, y, length) / length - rest * rest + eps));
        Scale(y, factor, (float)rest, y, length);
        return factor;
    }

    /// <summary>dx = factor * (g - mean of g - y * mean of g y), y being the standardised row.</summary>
    public static void InputGradient(float* g, float* y, float factor, int length, float* dx)
    {
        var (mean, slope) = (new Vector<float>(Sum.Of(g, length) / length), new Vector<float>(-Sum.Of(g, y, length) / length));
        var factors = new Vector<float>(factor);
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            (factors * Vector.FusedMultiplyAdd(Vector.Load(y + i), slope, Vector.Load(g + i) - mean)).Store(dx + i);
        for (; i < length; i++)
            dx[i] = factor * MathF.FusedMultiplyAdd(y[i], slope[0], g[i] - mean[0]);
    }

    /// <summary>y = (x - mean) * factor.</summary>
    private static void Scale(float* x, float factor, float mean, float* y, int length)
    {
        var i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            ((Vector.Load(x + i) - new Vector<float>(mean)) * factor).Store(y + i);
        for (; i < length; i++)
            y[i] = (x[i] - mean) * factor;
    }
}
