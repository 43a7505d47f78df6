namespace Fgsm.Tensors.Kernels;

/// <summary>
/// exp and log with the same bits on every machine: System.Math calls the C library of the platform, whose last bits differ,
/// while these use only correctly rounded operations (+, *, fused multiply-add), integers and bits. Lanes are
/// independent, so the width of the vector does not matter, and the scalar overloads are one lane of the vector.
/// </summary>
/// <remarks>Reduction and evaluation follow W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980; the
/// coefficients are minimax (Remez) fits in float32.</remarks>
internal static partial class VectorMath
{
    private const float Ln2 = 0.693147182f;
    private const float Ln2Low = -1.90465421e-9f;

    /// <summary>
    /// e^x. Error below 0.92 ulp (0.914 measured over all floats), denormal results included; exp(-inf) = 0, exp(x) = inf from 88.7228394
    /// on, NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        // e^89 is infinite and e^-104 is 0 in float32; between them the power of two below stays in range.
        var clamped = Vector.MinNative(Vector.MaxNative(x, new Vector<float>(-104f)), new Vector<float>(89f));

        // x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
        var shifter = new Vector<float>(12582912f);
        var shifted = Vector.FusedMultiplyAdd(clamped, new Vector<float>(1.44269502f), shifter);
        var n = shifted - shifter;
        var r = Vector.FusedMultiplyAdd(n, new Vector<float>(-Ln2), clamped);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(-Ln2Low), r);

        // e^r
        var q = new Vector<float>(0.00139504753f);
        q = Vector.FusedMultiplyAdd(q, r, new Vector<float>(0.00836888887f));
        q = Vector.FusedMultiplyAdd(q, r, new Vector<float>(0.041666206f));
        q = Vector.FusedMultiplyAdd(q, r, new Vector<float>(0.166665182f));
        q = Vector.FusedMultiplyAdd(q, r, new Vector<float>(0.5f));
        q = Vector.FusedMultiplyAdd(q, r, Vector<float>.One);
        var power = Vector.FusedMultiplyAdd(q, r, Vector<float>.One);

        // times 2^n in two exact steps, so that denormal results are rounded once and 2^128 does not overflow early.
        var exponent = shifted.As<float, int>() - shifter.As<float, int>();
        var half = exponent >> 1;
        power = power * PowerOfTwo(half) * PowerOfTwo(exponent - half);

        return Vector.ConditionalSelect(Vector.Equals(x, x), power, x);
    }

    /// <summary>
    /// The natural logarithm. Error below 0.95 ulp (0.940 measured over all positive floats, denormals included); log(0) = -inf, log(x &lt;
    /// 0) = NaN, NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Log(Vector<float> x)
    {
        var denormal = Vector.LessThan(x, new Vector<float>(1.17549435e-38f));
        var normal = Vector.ConditionalSelect(denormal, x * new Vector<float>(8388608f), x);

        // x = 2^k (1 + f) with 2/3 <= 1 + f < 4/3.
        var bits = normal.As<float, int>();
        var exponent = (bits - new Vector<int>(0x3f2aaaab)) & new Vector<int>(unchecked((int)0xff800000));
        var f = (bits - exponent).As<int, float>() - Vector<float>.One;
        var k = Vector.ConvertToSingle(exponent >> 23) - (denormal.As<int, float>() & new Vector<float>(23f));

        // log(1 + f) = f + f^2 p(f)
        var p = new Vector<float>(-0.128915489f);
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(0.139843613f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(-0.121842958f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(0.140058845f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(-0.16680485f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(0.200104043f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(-0.249997973f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(0.333332151f));
        p = Vector.FusedMultiplyAdd(p, f, new Vector<float>(-0.5f));
        var log = Vector.FusedMultiplyAdd(k, new Vector<float>(Ln2), Vector.FusedMultiplyAdd(p, f * f, f));

        var infinity = new Vector<float>(float.PositiveInfinity);
        var finite = Vector.GreaterThan(x, Vector<float>.Zero) & Vector.LessThan(x, infinity);
        var limit = Vector.ConditionalSelect(Vector.Equals(x, Vector<float>.Zero), -infinity, x);
        limit = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), new Vector<float>(float.NaN), limit);
        return Vector.ConditionalSelect(finite, log, limit);
    }

    /// <inheritdoc cref="Exp(Vector{float})"/>
    public static float Exp(float x) => Exp(new Vector<float>(x))[0];

    /// <inheritdoc cref="Log(Vector{float})"/>
    public static float Log(float x) => Log(new Vector<float>(x))[0];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> exponent) => ((exponent + new Vector<int>(127)) << 23).As<int, float>();
}
