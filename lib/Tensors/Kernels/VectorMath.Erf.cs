namespace Fgsm.Tensors.Kernels;

// Functions with the shape of an S, made of exp and polynomials.
internal static partial class VectorMath
{
    /// <summary>The error function. Error below 1 ulp (0.990 measured); erf(-0) = -0, NaN stays NaN.</summary>
    /// <remarks>Both fits are by N. Juffa, https://stackoverflow.com/questions/35148198.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Erf(Vector<float> x)
    {
        var (size, square) = (Vector.Abs(x), x * x);

        // Away from 0: 1 - e^p(|x|).
        var p = Vector.FusedMultiplyAdd(new Vector<float>(-1.72853470e-5f), size, new Vector<float>(3.83197126e-4f));
        var q = Vector.FusedMultiplyAdd(new Vector<float>(-3.88396438e-3f), size, new Vector<float>(2.42546219e-2f));
        p = Vector.FusedMultiplyAdd(p, square, q);
        p = Vector.FusedMultiplyAdd(p, size, new Vector<float>(-1.06777877e-1f));
        p = Vector.FusedMultiplyAdd(p, size, new Vector<float>(-6.34846687e-1f));
        p = Vector.FusedMultiplyAdd(p, size, new Vector<float>(-1.28717512e-1f));
        p = Vector.FusedMultiplyAdd(p, size, -size);
        var far = WithSignOf(x, Vector<float>.One - Exp(p));

        // Near 0: x + x p(x^2).
        p = new Vector<float>(-5.96761703e-4f);
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(4.99119423e-3f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(-2.67681349e-2f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(1.12819925e-1f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(-3.76125336e-1f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(1.28379166e-1f));
        return Vector.ConditionalSelect(
            Vector.GreaterThan(size, new Vector<float>(0.927734375f)), far, Vector.FusedMultiplyAdd(p, x, x));
    }

    /// <summary>The hyperbolic tangent. Error below 1.4 ulp (1.31 measured); tanh(-0) = -0, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var (size, square) = (Vector.Abs(x), x * x);

        // Away from 0: 1 - 2 / (e^2|x| + 1).
        var far = Vector<float>.One - new Vector<float>(2f) / (Exp(size + size) + Vector<float>.One);

        // Near 0: x + x^3 p(x^2), a minimax fit.
        var p = new Vector<float>(-0.00552863301f);
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.020483315f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(-0.0536929667f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.133308992f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(-0.333332628f));
        var near = Vector.FusedMultiplyAdd(p * square, size, size);
        return WithSignOf(x, Vector.ConditionalSelect(Vector.LessThan(size, new Vector<float>(0.65f)), near, far));
    }

    /// <summary>1 / (1 + e^-x). Error below 2.4 ulp (2.29 measured), denormal results included; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x)
    {
        // Of the two forms, the one whose power is at most 1.
        var power = Exp(-Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), power, Vector<float>.One) / (Vector<float>.One + power);
    }

    /// <inheritdoc cref="Erf(Vector{float})"/>
    public static float Erf(float x) => Erf(new Vector<float>(x))[0];

    /// <inheritdoc cref="Tanh(Vector{float})"/>
    public static float Tanh(float x) => Tanh(new Vector<float>(x))[0];

    /// <inheritdoc cref="Sigmoid(Vector{float})"/>
    public static float Sigmoid(float x) => Sigmoid(new Vector<float>(x))[0];

    /// <summary>The sign of <paramref name="x"/> on a number that is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> WithSignOf(Vector<float> x, Vector<float> size) =>
        Vector.ConditionalSelect(new Vector<int>(int.MinValue), x, size);
}
