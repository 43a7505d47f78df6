namespace Fgsm.Certified;

/// <summary>A factor and a summand for each channel: normalisation, and batch normalisation in evaluation.</summary>
/// <param name="Size">The number of values, a multiple of the number of channels, which are innermost.</param>
/// <param name="Factor">One for each channel.</param>
/// <param name="Summand">One for each channel.</param>
/// <param name="Magnitude">
/// The sum of the absolute values of what the summand was computed from: its rounding is below 4 u times that.
/// </param>
internal sealed record ScaleLayer(int Size, double[] Factor, double[] Summand, double[] Magnitude) : Layer(Size, Size)
{
    public override bool IsAffine => true;

    /// <summary>
    /// What rounding may cost: the factor is within 4 u of what the weights say (a sum, a root, a quotient, a product), the summand within
    /// 4 u of its magnitude, and product and sum are rounded once each.
    /// </summary>
    private double Error(int channel, double largest) =>
        8 * LinearBound.Unit * (Math.Abs(Factor[channel]) * largest + Magnitude[channel]);

    public override Box Propagate(Box input)
    {
        var (low, high, largest) = (new double[Size], new double[Size], input.Largest);
        for (var i = 0; i < Size; i++)
        {
            var c = i % Factor.Length;
            var (one, two, error) = (Factor[c] * input.Low[i], Factor[c] * input.High[i], Error(c, largest));
            (low[i], high[i]) = (Math.Min(one, two) + Summand[c] - error, Math.Max(one, two) + Summand[c] + error);
        }
        return new(low, high);
    }

    public override void Back(LinearBound bound, Box input)
    {
        var a = bound.Coefficients;
        var largest = input.Largest;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] == 0)
                continue;
            var c = i % Factor.Length;
            bound.Add(a[i] * Summand[c]);
            bound.AddError(Math.Abs(a[i]) * Error(c, largest));
            a[i] *= Factor[c];
        }
    }
}
