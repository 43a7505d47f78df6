namespace Fgsm.Certified;

/// <summary>An interval for each value of a layer: <c>Low[i] &lt;= z[i] &lt;= High[i]</c>.</summary>
internal sealed record Box(double[] Low, double[] High)
{
    /// <summary>The largest absolute value in the box.</summary>
    public double Largest
    {
        get
        {
            var largest = 0.0;
            for (var i = 0; i < Low.Length; i++)
                largest = Math.Max(largest, Math.Max(-Low[i], High[i]));
            return largest;
        }
    }

    /// <summary>The pixels within eps of an image, rounded outwards and clipped to [0,1].</summary>
    public static Box Around(double[] pixels, double eps) => new(
        Array.ConvertAll(pixels, p => Math.Max(0, Math.BitDecrement(p - eps))),
        Array.ConvertAll(pixels, p => Math.Min(1, Math.BitIncrement(p + eps))));
}
