namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    public static Tensor tanh(Tensor input) => input.tanh();
    public static Tensor erf(Tensor input) => input.erf();

    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor tanh(Tensor x) => x.tanh();
            public static Tensor silu(Tensor x) => x.silu();
            public static Tensor gelu(Tensor x) => x.gelu();
            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate) => x.gelu(approximate);
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => input.leaky_relu(negative_slope);
        }
    }

    public partial class Tensor
    {
        /// <summary>1 / (1 + e^-x), with the same bits on every machine.</summary>
        public Tensor sigmoid() => Activate<Logistic>("sigmoid");

        /// <summary>The hyperbolic tangent, with the same bits on every machine.</summary>
        public Tensor tanh() => Activate<HyperbolicTangent>("tanh");

        /// <summary>x sigmoid(x).</summary>
        public Tensor silu() => Activate<Silu>("silu");

        /// <summary>x times the standard normal distribution at x.</summary>
        public Tensor gelu() => Activate<Gelu>("gelu");

        /// <inheritdoc cref="gelu()"/>
        /// <param name="approximate">Whether tanh stands in for the error function.</param>
        public Tensor gelu(Modules.GELU.Approximate approximate) =>
            approximate == Modules.GELU.Approximate.tanh ? Activate<GeluTanh>("gelu") : gelu();

        /// <summary>The error function, with the same bits on every machine.</summary>
        public Tensor erf() => Node.Record("erf", Unary<ErfOp>("erf", this), [this],
            (this, (g, s) => g * (s[0] * s[0]).neg().exp() * (float)(2 / Math.Sqrt(Math.PI))));

        /// <summary>x where it is positive, <paramref name="negative_slope"/> times x elsewhere.</summary>
        public Tensor leaky_relu(Scalar negative_slope)
        {
            RequireFloat("leaky_relu", this);
            Tensor Of<TOp>(Tensor x) where TOp : struct, IBinary
            {
                using var slope = tensor(negative_slope.ToSingle());
                return Alike<TOp>("leaky_relu", x, slope);
            }
            return Node.Record("leaky_relu", Of<LeakyOp>(this), [this], (this, (g, s) => g * Of<SlopeOp>(s[0])));
        }

        private Tensor Activate<TActivation>(string op) where TActivation : struct, IActivation =>
            Node.Record(op, Unary<TActivation>(op, this), [this], (this, (g, s) => Alike<GradientOp<TActivation>>(op, g, s[0])));
    }

    private readonly struct GradientOp<TActivation> : IBinary where TActivation : struct, IActivation
    {
        public static Vector<T> Apply<T>(Vector<T> gradient, Vector<T> x) =>
            TActivation.Gradient(gradient.As<T, float>(), x.As<T, float>()).As<float, T>();
    }

    private readonly struct ErfOp : IUnary { public static Vector<float> Apply(Vector<float> x) => VectorMath.Erf(x); }

    private readonly struct LeakyOp : IBinary
    {
        public static Vector<T> Apply<T>(Vector<T> x, Vector<T> slope) =>
            Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), x, x * slope);
    }

    private readonly struct SlopeOp : IBinary
    {
        public static Vector<T> Apply<T>(Vector<T> x, Vector<T> slope) =>
            Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.One, slope);
    }
}
