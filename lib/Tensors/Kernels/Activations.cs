namespace Fgsm.Tensors.Kernels;

/// <summary>A nonlinearity and its gradient, by the vector; an element that is left over is one lane of a vector.</summary>
internal interface IActivation : IUnary
{
    /// <summary>The gradient with respect to x, from the one with respect to the result.</summary>
    static abstract Vector<float> Gradient(Vector<float> gradient, Vector<float> x);
}

/// <summary>The result is x itself.</summary>
internal readonly struct NoActivation : IActivation
{
    public static Vector<float> Apply(Vector<float> x) => x;
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x) => gradient;
}

/// <summary>1 / (1 + e^-x).</summary>
internal readonly struct Logistic : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x) => VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x)
    {
        var y = VectorMath.Sigmoid(x);
        return gradient * (y * (Vector<float>.One - y));
    }
}

/// <summary>tanh x.</summary>
internal readonly struct HyperbolicTangent : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x) => VectorMath.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x)
    {
        var y = VectorMath.Tanh(x);
        return gradient * Vector.FusedMultiplyAdd(-y, y, Vector<float>.One);
    }
}

/// <summary>x / (1 + e^-x). Elfwing, Uchibe and Doya, 2018, https://arxiv.org/abs/1702.03118.</summary>
internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x) => x * VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x)
    {
        var y = VectorMath.Sigmoid(x);
        return gradient * (y * Vector.FusedMultiplyAdd(x, Vector<float>.One - y, Vector<float>.One));
    }
}

/// <summary>x times the standard normal distribution at x. Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415.</summary>
internal readonly struct Gelu : IActivation
{
    private const float RootTwoPi = 0.398942280f;

    // From here on the distribution is 1 to float32 rounding, and 0 on the other side.
    private const float Reach = 5.416438f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x) => x * Distribution(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x)
    {
        var density = VectorMath.Exp(x * x * new Vector<float>(-0.5f)) * new Vector<float>(RootTwoPi);
        return gradient * Vector.FusedMultiplyAdd(x, density, Distribution(x));
    }

    /// <summary>1/2 + x p(x^2) / q(x^2), a minimax fit, which takes a third of erf's time. Error below 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Distribution(Vector<float> x)
    {
        var square = x * x;
        var p = new Vector<float>(2.3481068e-08f);
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(6.319426e-06f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.0001613002f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.0046324385f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.033097163f));
        p = Vector.FusedMultiplyAdd(p, square, new Vector<float>(0.39894226f));
        var q = new Vector<float>(1.2163214e-06f);
        q = Vector.FusedMultiplyAdd(q, square, new Vector<float>(7.1324124e-05f));
        q = Vector.FusedMultiplyAdd(q, square, new Vector<float>(0.0018420755f));
        q = Vector.FusedMultiplyAdd(q, square, new Vector<float>(0.02821715f));
        q = Vector.FusedMultiplyAdd(q, square, new Vector<float>(0.24962874f));
        q = Vector.FusedMultiplyAdd(q, square, Vector<float>.One);
        var near = Vector.FusedMultiplyAdd(x, p / q, new Vector<float>(0.5f));
        near = Vector.MinNative(Vector.MaxNative(near, Vector<float>.Zero), Vector<float>.One);
        var far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, Vector<float>.One);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(Reach)), near, far);
    }
}

/// <summary>The same with tanh: x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
internal readonly struct GeluTanh : IActivation
{
    private const float Root = 0.797884561f;
    private const float Cubic = 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x)
    {
        var half = new Vector<float>(0.5f);
        return x * Vector.FusedMultiplyAdd(half, VectorMath.Tanh(Inner(x)), half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gradient(Vector<float> gradient, Vector<float> x)
    {
        var half = new Vector<float>(0.5f);
        var y = VectorMath.Tanh(Inner(x));
        var slope = new Vector<float>(Root) * Vector.FusedMultiplyAdd(new Vector<float>(3 * Cubic), x * x, Vector<float>.One);
        return gradient * Vector.FusedMultiplyAdd(
            half * x * Vector.FusedMultiplyAdd(-y, y, Vector<float>.One), slope, Vector.FusedMultiplyAdd(half, y, half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Inner(Vector<float> x) =>
        new Vector<float>(Root) * Vector.FusedMultiplyAdd(new Vector<float>(Cubic) * x * x, x, x);
}
