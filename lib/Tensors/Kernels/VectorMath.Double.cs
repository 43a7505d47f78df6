namespace Fgsm.Tensors.Kernels;

// Doubles, one at a time, for the normal distribution and for powers.
internal static partial class VectorMath
{
    /// <summary>1/k!: e^r as a series in r.</summary>
    private static readonly double[] Exponential =
        [.. Enumerable.Range(0, 15).Select(k => Enumerable.Range(1, k).Aggregate(1.0, (term, i) => term / i))];

    /// <summary>1, 1/3, 1/5 ... 1/23: atanh(s) / s as a series in s^2.</summary>
    private static readonly double[] Atanh = [.. Enumerable.Range(0, 12).Select(k => 1.0 / (2 * k + 1))];

    /// <summary>1, -1/3!, 1/5! ... : sin(r) / r as a series in r^2.</summary>
    private static readonly double[] Sine = TaylorFrom(1);

    /// <summary>1, -1/2!, 1/4! ... : cos(r) as a series in r^2.</summary>
    private static readonly double[] Cosine = TaylorFrom(0);

    /// <summary>The natural logarithm of a positive, finite, normal number. Relative error below 6e-16.</summary>
    public static double Log(double x)
    {
        // x = 2^k m with sqrt(1/2) <= m < sqrt(2), and log m = 2 atanh((m - 1) / (m + 1)).
        const long rootHalf = 0x3fe6a09e667f3bcd;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var k = (bits - rootHalf) >> 52;
        var m = BitConverter.Int64BitsToDouble(bits - (k << 52));
        var s = (m - 1) / (m + 1);
        return Math.FusedMultiplyAdd(k, 0.69314718055994529, 2 * s * Series(Atanh, s * s));
    }

    /// <summary>e^x for |x| up to 700. Relative error below 4e-16.</summary>
    public static double Exp(double x)
    {
        // x = n ln 2 + r with |r| <= ln 2 / 2, and ln 2 in two parts, of which the first is the double nearest to it.
        var n = Math.Round(x * 1.4426950408889634);
        var r = Math.FusedMultiplyAdd(n, -0.69314718055994529, x);
        r = Math.FusedMultiplyAdd(n, -2.3190468138462996e-17, r);
        return Math.ScaleB(Series(Exponential, r), (int)n);
    }

    /// <summary>x^p by C's rules, for numbers that are floats. Relative error below 2e-14.</summary>
    public static double Pow(double x, double p)
    {
        if (p == 0 || x == 1)
            return 1;
        if (double.IsNaN(x) || double.IsNaN(p))
            return double.NaN;
        if (x < 0 && double.IsFinite(x) && double.IsFinite(p) && Math.Floor(p) != p)
            return double.NaN;
        var sign = double.IsNegative(x) && Math.Abs(p % 2) == 1 ? -1.0 : 1.0;
        var size = Math.Abs(x);
        if (size == 1)
            return sign;
        if (size == 0 || double.IsInfinity(size) || double.IsInfinity(p))
            return size > 1 == p > 0 ? sign * double.PositiveInfinity : sign * 0.0;
        if (Math.Floor(p) == p && Math.Abs(p) <= 64)
        {
            var product = 1.0;
            for (var i = 0; i < Math.Abs(p); i++)
                product *= size;
            return sign * (p < 0 ? 1 / product : product);
        }
        return sign * Exp(Math.Clamp(p * Log(size), -700, 700));
    }

    /// <summary>Sine and cosine of an angle in [0, 2 pi]. Error below 3e-16.</summary>
    public static (double Sin, double Cos) SinCos(double angle)
    {
        // angle = n pi/2 + r with |r| <= pi/4; pi/2 in two parts, of which the first is the double nearest to it.
        var n = Math.Round(angle * (2 / Math.PI));
        var r = Math.FusedMultiplyAdd(n, -Math.PI / 2, angle);
        r = Math.FusedMultiplyAdd(n, -6.123233995736766e-17, r);
        var (sin, cos) = (r * Series(Sine, r * r), Series(Cosine, r * r));
        return ((int)n & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    private static double Series(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--) sum = Math.FusedMultiplyAdd(sum, x, coefficients[i]);
        return sum;
    }

    /// <summary>Nine terms, alternating in sign, of 1/first!, 1/(first + 2)!, ...</summary>
    private static double[] TaylorFrom(int first)
    {
        var terms = new double[9];
        terms[0] = 1;
        for (var i = 1; i < terms.Length; i++) terms[i] = -terms[i - 1] / ((first + 2 * i - 1) * (first + 2 * i));
        return terms;
    }
}
