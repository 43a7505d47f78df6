namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor exp(Tensor input) => input.exp();
    public static Tensor log(Tensor input) => input.log();
    public static Tensor sqrt(Tensor input) => input.sqrt();
    public static Tensor abs(Tensor input) => input.abs();
    public static Tensor neg(Tensor input) => input.neg();
    public static Tensor sign(Tensor input) => input.sign();
    public static Tensor round(Tensor input) => input.round();
    public static Tensor square(Tensor input) => input.square();
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);
    public static Tensor relu(Tensor input) => input.relu();

    public partial class Tensor
    {
        /// <summary>e^x, with the same bits on every machine.</summary>
        public Tensor exp()
        {
            var y = Unary<ExpOp>("exp", this);
            return Node.Record("exp", y, [y], (this, (g, s) => g * s[0]));
        }

        /// <summary>The natural logarithm, with the same bits on every machine.</summary>
        public Tensor log() => Node.Record("log", Unary<LogOp>("log", this), [this], (this, (g, s) => g / s[0]));

        public Tensor sqrt()
        {
            var y = Unary<SqrtOp>("sqrt", this);
            return Node.Record("sqrt", y, [y], (this, (g, s) => g / (s[0] * 2f)));
        }

        public Tensor square() => mul(this);

        /// <summary>|x|; the gradient at 0 is 0.</summary>
        public Tensor abs() => Node.Record("abs", Unary<AbsOp>("abs", this), [this], (this, (g, s) => g * s[0].sign()));

        public Tensor neg() => Node.Record("neg", Unary<NegOp>("neg", this), [], (this, (g, _) => g.neg()));

        /// <summary>-1, 0 or +1; 0 for 0, as FGSM needs it. The gradient is 0.</summary>
        public Tensor sign() => Node.Record("sign", Unary<SignOp>("sign", this), [], (this, (g, _) => zeros_like(g)));

        /// <summary>The nearest whole number, of two the even one. The gradient is 0.</summary>
        public Tensor round() => Node.Record("round", Unary<RoundOp>("round", this), [], (this, (g, _) => zeros_like(g)));

        /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
        public Tensor relu()
        {
            var y = Unary<Relu>("relu", this);
            return Node.Record("relu", y, [y], (this, (g, s) => PassWherePositive(g, s[0])));
        }

        /// <summary>
        /// min(max(x, <paramref name="min"/>), <paramref name="max"/>); the gradient passes where x is within the bounds, both included.
        /// </summary>
        /// <exception cref="ArgumentException">No bound is given.</exception>
        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            RequireFloat("clamp", this);
            using var constant = detach();
            var y = constant.clone();
            ClampInto(y, min, max);
            return Node.Record("clamp", y, [this], (this, (g, s) =>
            {
                var inside = ones_like(g);
                if (min is { } low)
                    inside *= s[0].ge(low).to_type(ScalarType.Float32);
                if (max is { } high)
                    inside *= s[0].le(high).to_type(ScalarType.Float32);
                return g * inside;
            }));
        }

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            BeginInPlace("clamp_");
            RequireFloat("clamp_", this);
            ClampInto(this, min, max);
            return this;
        }

        private static unsafe void ClampInto(Tensor y, Scalar? min, Scalar? max)
        {
            if (min is null && max is null)
                throw new ArgumentException("clamp: at least one of min and max must be given");
            var (least, most) = (min?.ToSingle() ?? float.NegativeInfinity, max?.ToSingle() ?? float.PositiveInfinity);
            Threads.Ranges(y.Count, Elementwise.Grain, (start, end) =>
            {
                var values = y.Floats;
                var (low, high) = (Vector.Create(least), Vector.Create(most));
                var i = start;
                for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                    Clamped(Vector.Load(values + i), low, high).Store(values + i);
                for (; i < end; i++)
                    values[i] = Clamped(Vector.Create(values[i]), low, high)[0];
            });
        }

        private static Vector<float> Clamped(Vector<float> x, Vector<float> low, Vector<float> high)
        {
            x = Vector.ConditionalSelect(Vector.LessThan(x, low), low, x);
            return Vector.ConditionalSelect(Vector.GreaterThan(x, high), high, x);
        }

        /// <summary>The upstream gradient where a ReLU's output is positive or NaN, 0 elsewhere.</summary>
        internal static Tensor PassWherePositive(Tensor gradient, Tensor output) => Alike<PassOp>("relu", gradient, output);

        private static unsafe Tensor Unary<TOp>(string op, Tensor x) where TOp : struct, IUnary
        {
            RequireFloat(op, x);
            var y = EmptyAs(op, x);
            Elementwise.Unary<TOp>(x.Unordered, y.Unordered, y.Count);
            GC.KeepAlive(x);
            return y;
        }

        internal static void RequireFloat(string op, Tensor x)
        {
            if (x.dtype != ScalarType.Float32)
                throw new ArgumentException($"{op}: expected a float32 tensor, got {x.dtype.Name()} of shape {Shape.Text(x.sizes)}");
        }
    }

    private readonly struct ExpOp : IUnary { public static Vector<float> Apply(Vector<float> x) => VectorMath.Exp(x); }
    private readonly struct LogOp : IUnary { public static Vector<float> Apply(Vector<float> x) => VectorMath.Log(x); }
    private readonly struct SqrtOp : IUnary { public static Vector<float> Apply(Vector<float> x) => Vector.SquareRoot(x); }
    private readonly struct AbsOp : IUnary { public static Vector<float> Apply(Vector<float> x) => Vector.Abs(x); }
    private readonly struct NegOp : IUnary { public static Vector<float> Apply(Vector<float> x) => -x; }

    private readonly struct RoundOp : IUnary
    {
        public static Vector<float> Apply(Vector<float> x) => Vector.Round(x, MidpointRounding.ToEven);
    }

    private readonly struct SignOp : IUnary
    {
        public static Vector<float> Apply(Vector<float> x) =>
            (Vector.AsVectorSingle(Vector.GreaterThan(x, Vector<float>.Zero)) & Vector<float>.One)
            - (Vector.AsVectorSingle(Vector.LessThan(x, Vector<float>.Zero)) & Vector<float>.One);
    }

    private readonly struct PassOp : IBinary
    {
        public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) =>
            Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<T>.Zero), Vector<T>.Zero, x);
    }
}
