namespace Fgsm.Certified;

/// <summary>A lower bound that is linear in the pixels: some number is at least the sum of a[i] * x[i], plus a constant.</summary>
internal sealed record LinearRow(double[] Coefficients, double Constant)
{
    /// <summary>
    /// A lower bound, in a box, of the number that <paramref name="row"/> bounds, given that the numbers that <paramref name="others"/>
    /// bound are not positive: with any factors that are not negative, row + sum of factor * other is at most that number.
    /// </summary>
    /// <remarks>A coefficient is a sum of n products, so it is off by at most gamma(n) times the sum of their absolute values.</remarks>
    public static double Minimum(LinearRow? row, IReadOnlyList<LinearRow> others, IReadOnlyList<double> factors, Box box)
    {
        var bound = new LinearBound(box.Low.Length);
        bound.Begin(box.Low.Length);
        var magnitude = 0.0;
        void Add(LinearRow part, double factor)
        {
            var a = bound.Coefficients;
            for (var i = 0; i < a.Length; i++)
            {
                a[i] += factor * part.Coefficients[i];
                magnitude += Math.Abs(factor * part.Coefficients[i]) * Math.Max(-box.Low[i], box.High[i]);
            }
            bound.Add(factor * part.Constant);
        }
        if (row is not null)
            Add(row, 1);
        foreach (var (i, other) in others.Index())
            if (factors[i] > 0)
                Add(other, factors[i]);
        bound.AddError((others.Count + 4) * LinearBound.Unit * magnitude);
        return bound.Minimum(box);
    }
}
