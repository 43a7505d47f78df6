using System.Numerics;
using Fgsm.Tensors.Kernels;

namespace Fgsm.Tensors.Tests;

public class VectorMathTests
{
    private const double ExpUlps = 0.92;
    private const double LogUlps = 0.95;
    private const double ErfUlps = 1;
    private const double TanhUlps = 1.4;
    private const double SigmoidUlps = 2.4;
    private const string ExpDigest = "15d5ba31e71f8ac915be5015a0473faa7e41bb31d04fa5c52b5a04899efdad2a";
    private const string LogDigest = "278ce1643d7f68c1d84959f136c42c2509630510130c3f90ae38859b087766ce";

    /// <summary>Floats of every exponent and both signs, about 600,000, denormals and NaNs included.</summary>
    private static readonly float[] Sample = [.. Enumerable.Range(0, 600_000).Select(i => BitConverter.UInt32BitsToSingle((uint)i * 7159))];

    /// <summary>The distance between the floats around <paramref name="x"/>.</summary>
    private static double Ulp(double x) => Math.Pow(2, Math.Max(Math.ILogB(x), -126) - 23);

    private static float[] Exp(float[] x) => torch.tensor(x).exp().data<float>().ToArray();
    private static float[] Log(float[] x) => torch.tensor(x).log().data<float>().ToArray();
    private static float[] Erf(float[] x) => torch.tensor(x).erf().data<float>().ToArray();
    private static float[] Tanh(float[] x) => torch.tensor(x).tanh().data<float>().ToArray();
    private static float[] Sigmoid(float[] x) => torch.tensor(x).sigmoid().data<float>().ToArray();

    private static void AssertWithin(double ulps, Func<double, double> exact, float x, float y)
    {
        var expected = exact(x);
        Assert.True(Math.Abs(y - expected) <= ulps * Ulp(expected),
            $"at {x:R}: {y:R} for {expected:R}, {Math.Abs(y - expected) / Ulp(expected)} ulp");
    }

    [Fact]
    public void Exp_IsWithinTheStatedError()
    {
        float[] x =
            [.. Sample.Where(x => x is > -104 and < 88.7228f), .. Enumerable.Range(0, 300_000).Select(i => -104 + i * (192.7f / 300_000))];
        var y = Exp(x);
        for (var i = 0; i < x.Length; i++) AssertWithin(ExpUlps, Math.Exp, x[i], y[i]);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-0.37f)]
    [InlineData(2.2f)]
    [InlineData(-3f)]
    [InlineData(100f)]
    public void Pow_IsWithinTheStatedError(float exponent)
    {
        float[] x = [.. Sample.Where(x => x > 0)];
        var y = torch.tensor(x).pow(exponent).data<float>().ToArray();
        for (var i = 0; i < x.Length; i++)
            if (Math.Pow(x[i], exponent) < float.MaxValue)
                AssertWithin(0.51, x => Math.Pow(x, exponent), x[i], y[i]);
            else
                Assert.Equal((float)Math.Pow(x[i], exponent), y[i]);
    }

    [Fact]
    public void Log_IsWithinTheStatedError()
    {
        float[] x = [.. Sample.Where(x => x > 0 && x < float.PositiveInfinity), .. Enumerable.Range(1, 300_000).Select(i => i * 1e-5f)];
        var y = Log(x);
        for (var i = 0; i < x.Length; i++) AssertWithin(LogUlps, Math.Log, x[i], y[i]);
    }

    [Fact]
    public void Erf_IsWithinTheStatedError() => AssertWithin(ErfUlps, ExactErf, Erf, 6);

    [Fact]
    public void Tanh_IsWithinTheStatedError() => AssertWithin(TanhUlps, Math.Tanh, Tanh, 12);

    [Fact]
    public void Sigmoid_IsWithinTheStatedError() => AssertWithin(SigmoidUlps, x => 1 / (1 + Math.Exp(-x)), Sigmoid, 103);

    /// <summary>On floats of every exponent, and closely between <paramref name="reach"/> and its negative.</summary>
    private static void AssertWithin(double ulps, Func<double, double> exact, Func<float[], float[]> function, float reach)
    {
        float[] x = [.. Sample.Where(x => Math.Abs(x) <= reach),
            .. Enumerable.Range(-300_000, 600_001).Select(i => i * (reach / 300_000))];
        var y = function(x);
        for (var i = 0; i < x.Length; i++) AssertWithin(ulps, exact, x[i], y[i]);
    }

    /// <summary>2 x / sqrt(pi) e^(-x^2) (1 + 2 x^2 / 3 + (2 x^2)^2 / (3 5) + ...): no term is negative, so nothing cancels.</summary>
    private static double ExactErf(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var n = 3; term > 1e-17 * sum; n += 2) sum += term *= 2 * x * x / n;
        return 2 * x / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    [Fact]
    public void ErfTanhAndSigmoid_AtTheLimits()
    {
        float[] x = [float.NegativeInfinity, float.MinValue, -0f, 0, float.MaxValue, float.PositiveInfinity];
        Assert.Equal(x.Select(v => v < 0 ? -1f : v > 0 ? 1 : v), Erf(x));
        Assert.Equal(x.Select(v => v < 0 ? -1f : v > 0 ? 1 : v), Tanh(x));
        Assert.Equal([0f, 0, 0.5f, 0.5f, 1, 1], Sigmoid(x));
        Assert.All([Erf([-0f])[0], Tanh([-0f])[0]], y => Assert.True(float.IsNegative(y)));
        Assert.All([Erf([float.NaN])[0], Tanh([float.NaN])[0], Sigmoid([float.NaN])[0]], y => Assert.True(float.IsNaN(y)));
        Assert.Equal([float.Epsilon, -1e-30f], Tanh([float.Epsilon, -1e-30f]));
    }

    [Fact]
    public void Exp_AtTheLimits()
    {
        (float X, float Y)[] limits =
        [
            (0, 1), (-0f, 1), (float.PositiveInfinity, float.PositiveInfinity), (float.NegativeInfinity, 0),
            (88.72283f, 3.4027985e38f), (88.72284f, float.PositiveInfinity), (1e30f, float.PositiveInfinity),
                (float.MaxValue, float.PositiveInfinity),
            (-103.97f, float.Epsilon), (-103.973f, 0), (-1e30f, 0), (float.MinValue, 0), (float.Epsilon, 1),
        ];
        Assert.All(limits, limit => Assert.Equal((float)Math.Exp(limit.X), limit.Y));
        Assert.Equal(limits.Select(l => l.Y), Exp([.. limits.Select(l => l.X)]));
        Assert.True(float.IsNaN(VectorMath.Exp(float.NaN)));
    }

    [Fact]
    public void Log_AtTheLimits()
    {
        Assert.Equal(0, BitConverter.SingleToInt32Bits(VectorMath.Log(1)));
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, float.PositiveInfinity], Log([0, -0f, float.PositiveInfinity]));
        Assert.All(
            [-float.Epsilon, -1, float.MinValue, float.NegativeInfinity, float.NaN], x => Assert.True(float.IsNaN(VectorMath.Log(x))));
        Assert.Equal((float)Math.Log(float.Epsilon), VectorMath.Log(float.Epsilon));
        Assert.Equal((float)Math.Log(float.MaxValue), VectorMath.Log(float.MaxValue));
    }

    [Fact]
    public void ScalarsAndTensorsOfAnyLength_HaveTheSameBits()
    {
        // Every remainder of every width, so that the tails are walked too.
        for (var length = 0; length < 2 * Vector<float>.Count + 3; length++)
        {
            var x = Sample.Skip(length * 9000).Take(length).ToArray();
            Assert.Equal(Bits(x.Select(VectorMath.Exp)), Bits(Exp(x)));
            Assert.Equal(Bits(x.Select(VectorMath.Log)), Bits(Log(x)));
            Assert.Equal(Bits(x.Select(VectorMath.Erf)), Bits(Erf(x)));
            Assert.Equal(Bits(x.Select(VectorMath.Tanh)), Bits(Tanh(x)));
            Assert.Equal(Bits(x.Select(VectorMath.Sigmoid)), Bits(Sigmoid(x)));
        }
        Assert.Equal(Bits(Sample.Select(VectorMath.Exp)), Bits(Exp(Sample)));
        Assert.Equal(Bits(Sample.Select(VectorMath.Log)), Bits(Log(Sample)));

        static int[] Bits(IEnumerable<float> values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
    }

    /// <summary>The bits as first computed, on x86-64 with AVX2: other widths, and machines without FMA, must give them too.</summary>
    [Fact]
    public void Bits_AreTheSameOnEveryMachine()
    {
        Assert.Equal(ExpDigest, Digest(Exp(Sample)));
        Assert.Equal(LogDigest, Digest(Log(Sample)));

        static string Digest(float[] values)
        {
            // NaN may carry any sign or payload.
            var bits = values.Select(v => BitConverter.SingleToInt32Bits(float.IsNaN(v) ? float.NaN : v)).ToArray();
            return Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(bits.AsSpan())));
        }
    }

    [Fact]
    public void ExpAndLog_NeverFall_WhereTheirArgumentRises()
    {
        float[] x = [.. Enumerable.Range(0, 400_000).Select(i => BitConverter.Int32BitsToSingle(0x3f000000 + i * 83))];
        AssertRising(Exp(x));
        AssertRising(Log(x));

        static void AssertRising(float[] y)
        {
            for (var i = 1; i < y.Length; i++) Assert.True(y[i - 1] <= y[i], $"{y[i - 1]:R} then {y[i]:R}");
        }
    }

    [Fact]
    public void DoubleLog_IsWithinTheStatedError()
    {
        for (var i = 1; i <= 200_000; i++)
        {
            AssertNear(Math.Log(i / 200_000.0), VectorMath.Log(i / 200_000.0));
            AssertNear(Math.Log(i * 1e-300), VectorMath.Log(i * 1e-300));
        }

        static void AssertNear(double expected, double actual) =>
            Assert.True(Math.Abs(actual - expected) <= 6e-16 * Math.Abs(expected), $"{actual:R} for {expected:R}");
    }

    [Fact]
    public void SinCos_IsWithinTheStatedError()
    {
        for (var i = 0; i <= 200_000; i++)
        {
            var angle = i * (Math.Tau / 200_000);
            var (sin, cos) = VectorMath.SinCos(angle);
            Assert.True(
                Math.Abs(Math.Sin(angle) - sin) <= 3e-16 && Math.Abs(Math.Cos(angle) - cos) <= 3e-16, $"at {angle:R}: {sin:R}, {cos:R}");
        }
    }
}
