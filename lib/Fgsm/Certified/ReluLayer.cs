namespace Fgsm.Certified;

/// <summary>
/// max(z, 0) of each value. Where the sign of z in [l, h] is open, the upper line goes through (l, 0) and (h, h), the lower line has
/// slope 1 or 0, whichever leaves the smaller triangle: Zhang, Weng, Chen, Hsieh, Daniel, "Efficient Neural Network Robustness
/// Certification with General Activation Functions" (CROWN), 2018, https://arxiv.org/abs/1811.00866, section 3.3.
/// </summary>
internal sealed record ReluLayer(int Size) : Layer(Size, Size)
{
    public override bool IsRelu => true;

    public override bool IsUndecided(Box input, int value) => input.Low[value] < 0 && input.High[value] > 0;

    public override Box Propagate(Box input) => new(
        Array.ConvertAll(input.Low, low => Math.Max(low, 0)), Array.ConvertAll(input.High, high => Math.Max(high, 0)));

    /// <summary>
    /// The slope of the upper line is a rounded h / (h - l); the line s * z + t with any s from 0 to 1 is above ReLU on [l, h] if it is at
    /// both ends, that is if t is at least -s * l and h - s * h. Both are at most h, so their rounding is below 2 * Unit * h. The lower
    /// line is exact. Rounding a * s costs at most u * |a| * max(-l, h).
    /// </summary>
    public override void Back(LinearBound bound, Box input)
    {
        var a = bound.Coefficients;
        for (var i = 0; i < a.Length; i++)
        {
            var (low, high) = (input.Low[i], input.High[i]);
            if (a[i] == 0 || low >= 0)
                continue;
            if (high <= 0)
                a[i] = 0;
            else if (a[i] > 0)
                a[i] = high > -low ? a[i] : 0;
            else
            {
                var slope = high / (high - low);
                var intercept = Math.Max(-slope * low, high - slope * high) + 2 * LinearBound.Unit * high;
                bound.Add(a[i] * intercept);
                bound.AddError(-a[i] * LinearBound.Unit * Math.Max(-low, high));
                a[i] *= slope;
            }
        }
    }
}
