namespace Fgsm.Tensors.Kernels;

// Doubles, one at a time, for the normal distribution.
internal static partial class VectorMath
{
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
