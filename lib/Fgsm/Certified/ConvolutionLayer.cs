using System.Numerics.Tensors;

namespace Fgsm.Certified;

/// <summary>
/// A convolution by its definition, in float64: <c>[H, W, C]</c> to <c>[OH, OW, O]</c>. A linear layer is one of a 1x1 image.
/// </summary>
/// <remarks>
/// Sound in floating point, with u, gamma and Unit = 2u of <see cref="LinearBound"/>. Let Z be the largest |z| of the inputs, |w[o]| the
/// sum of a filter's absolute weights, and n the number of products in a sum. Weights and summands are float32 numbers, exact in float64.
/// <list type="bullet">
/// <item><see cref="Propagate"/>: m = (l + h) / 2 and r = (h - l) / 2 are rounded once, so |z - m| is at most r + 2uZ. The sums of
/// w * m + b and of |w| * r are off by gamma(n + 1) * (|w[o]| Z + |b[o]|) and gamma(n) * |w[o]| Z, their sum and difference by another u
/// times 2 |w[o]| Z + |b[o]|. Altogether less than (2n + 8) * u * (|w[o]| Z + |b[o]|).</item>
/// <item><see cref="Back"/>: a new coefficient is a sum of at most k products a[o] * w[o, i], so it is off by gamma(k) times the sum of
/// |a[o]| |w[o, i]|; times |z[i]|, summed over i, that is at most gamma(k) * Z times the sum of |a[o]| |w[o]|.</item>
/// </list>
/// </remarks>
internal sealed record ConvolutionLayer : Layer
{
    private readonly ImageSize input, output;
    private readonly (int Height, int Width) kernel, stride, padding;
    private readonly double[] weight, transposed, absolute, bias, norm;

    /// <param name="weight"><c>[O, KH, KW, C]</c></param>
    /// <param name="bias"><c>[O]</c></param>
    public ConvolutionLayer(ImageSize input, ImageSize output, (int Height, int Width) kernel, (int Height, int Width) stride,
        (int Height, int Width) padding, double[] weight, double[] bias) : base(input.Values, output.Values)
    {
        (this.input, this.output, this.kernel, this.stride, this.padding) = (input, output, kernel, stride, padding);
        (this.weight, this.bias) = (weight, bias);
        var terms = weight.Length / output.Channels;
        (transposed, norm) = (new double[weight.Length], new double[output.Channels]);
        for (var i = 0; i < weight.Length; i++)
        {
            transposed[i % terms * output.Channels + i / terms] = weight[i];
            norm[i / terms] += Math.Abs(weight[i]);
        }
        absolute = Array.ConvertAll(transposed, Math.Abs);
    }

    public override bool IsAffine => true;

    public override Box Propagate(Box box)
    {
        var (middle, radius) = (new double[Inputs], new double[Inputs]);
        for (var i = 0; i < Inputs; i++)
            (middle[i], radius[i]) = ((box.Low[i] + box.High[i]) / 2, (box.High[i] - box.Low[i]) / 2);
        var (terms, largest) = (weight.Length / output.Channels, box.Largest);
        double Error(int o) => (terms + 16) * LinearBound.Unit * (norm[o] * largest + Math.Abs(bias[o]));
        var low = Apply(transposed, middle, o => bias[o]);
        var reach = Apply(absolute, radius, Error);
        var high = new double[Outputs];
        for (var i = 0; i < Outputs; i++)
            (low[i], high[i]) = (low[i] - reach[i], low[i] + reach[i]);
        return new(low, high);
    }

    /// <summary>The convolution of x with weights <c>[KH, KW, C, O]</c>, added to a number for each filter.</summary>
    private double[] Apply(double[] weights, double[] x, Func<int, double> summand)
    {
        var y = new double[Outputs];
        for (var i = 0; i < Outputs; i++)
            y[i] = summand(i % output.Channels);
        for (var (pixel, filters) = (0, output.Channels); pixel < output.Height * output.Width; pixel++)
        {
            var sums = y.AsSpan(pixel * filters, filters);
            foreach (var (at, from, count) in Runs(pixel))
                for (var i = 0; i < count; i++)
                    if (x[at + i] != 0)
                        TensorPrimitives.MultiplyAdd(weights.AsSpan((from + i) * filters, filters), x[at + i], sums, sums);
        }
        return y;
    }

    public override void Back(LinearBound bound, Box box)
    {
        var a = bound.MoveTo(Inputs);
        var to = bound.Coefficients;
        var terms = weight.Length / output.Channels;
        var unit = (kernel.Height * kernel.Width * output.Channels + 16) * LinearBound.Unit * box.Largest;
        for (var pixel = 0; pixel < output.Height * output.Width; pixel++)
        {
            var coefficients = a.Slice(pixel * output.Channels, output.Channels);
            if (!coefficients.ContainsAnyExcept(0))
                continue;
            var runs = Runs(pixel).ToArray();
            for (var o = 0; o < coefficients.Length; o++)
            {
                if (coefficients[o] is var coefficient && coefficient == 0)
                    continue;
                bound.Add(coefficient * bias[o]);
                bound.AddError(Math.Abs(coefficient) * norm[o] * unit);
                foreach (var (at, from, count) in runs)
                {
                    var sums = to.Slice(at, count);
                    TensorPrimitives.MultiplyAdd(weight.AsSpan(o * terms + from, count), coefficient, sums, sums);
                }
            }
        }
    }

    /// <summary>
    /// The values that an output pixel sees, row by row of the filter: where they begin in the image, where their weights begin in a
    /// filter, and how many there are.
    /// </summary>
    private IEnumerable<(int At, int From, int Count)> Runs(int pixel)
    {
        var (top, left) = (pixel / output.Width * stride.Height - padding.Height, pixel % output.Width * stride.Width - padding.Width);
        var (first, end) = (Math.Max(0, -left), Math.Min(kernel.Width, input.Width - left));
        for (var row = Math.Max(0, -top); row < Math.Min(kernel.Height, input.Height - top); row++)
            yield return (((top + row) * input.Width + left + first) * input.Channels, (row * kernel.Width + first) * input.Channels,
                Math.Max(0, end - first) * input.Channels);
    }
}
