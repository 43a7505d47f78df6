namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor add(Tensor left, Tensor right) => left.add(right);
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
    public static Tensor div(Tensor left, Tensor right) => left.div(right);
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>Arithmetic with PyTorch's broadcasting and type promotion (bool, then int64, then float32).</summary>
    public partial class Tensor
    {
        public Tensor add(Tensor target)
        {
            var (a, b) = Promote("add", this, target);
            var (aShape, bShape) = (a.shape, b.shape);
            return Node.Record("add", Binary<AddOp>("add", a, b), [],
                (a, (g, _) => g.sum_to_size(aShape)), (b, (g, _) => g.sum_to_size(bShape)));
        }

        public Tensor sub(Tensor target)
        {
            var (a, b) = Promote("sub", this, target);
            if (a.dtype == ScalarType.Bool)
                throw new ArgumentException("sub: bool tensors cannot be subtracted; use logical_xor or to_type");
            var (aShape, bShape) = (a.shape, b.shape);
            return Node.Record("sub", Binary<SubOp>("sub", a, b), [],
                (a, (g, _) => g.sum_to_size(aShape)), (b, (g, _) => g.neg().sum_to_size(bShape)));
        }

        public Tensor mul(Tensor target)
        {
            var (a, b) = Promote("mul", this, target);
            return Node.Record("mul", Binary<MulOp>("mul", a, b), [a, b],
                (a, (g, s) => (g * s[1]).sum_to_size(s[0].Sizes)), (b, (g, s) => (g * s[0]).sum_to_size(s[1].Sizes)));
        }

        /// <summary>True division: the result is float32.</summary>
        public Tensor div(Tensor target)
        {
            var (a, b) = (to_type(ScalarType.Float32), target.to_type(ScalarType.Float32));
            return Node.Record("div", Binary<DivOp>("div", a, b), [a, b],
                (a, (g, s) => (g / s[1]).sum_to_size(s[0].Sizes)),
                (b, (g, s) => (g * s[0] / (s[1] * s[1])).neg().sum_to_size(s[1].Sizes)));
        }

        /// <summary>The larger of two elements; where they are equal, each gets half of the gradient, as in PyTorch.</summary>
        public Tensor maximum(Tensor other) => Extreme<MaxOp>("maximum", other, (a, b) => a.gt(b));

        /// <summary>The smaller of two elements; where they are equal, each gets half of the gradient, as in PyTorch.</summary>
        public Tensor minimum(Tensor other) => Extreme<MinOp>("minimum", other, (a, b) => a.lt(b));

        private Tensor Extreme<TOp>(string op, Tensor other, Func<Tensor, Tensor, Tensor> wins)
            where TOp : struct, IBinary
        {
            var (a, b) = Promote(op, this, other);
            Tensor Share(Tensor x, Tensor y) => wins(x, y).to_type(ScalarType.Float32) + x.eq(y).to_type(ScalarType.Float32) * 0.5f;
            return Node.Record(op, Binary<TOp>(op, a, b), [a, b],
                (a, (g, s) => (g * Share(s[0], s[1])).sum_to_size(s[0].Sizes)),
                (b, (g, s) => (g * Share(s[1], s[0])).sum_to_size(s[1].Sizes)));
        }

        public Tensor add(Scalar scalar) => add(Constant(scalar));
        public Tensor sub(Scalar scalar) => sub(Constant(scalar));
        public Tensor mul(Scalar scalar) => mul(Constant(scalar));
        public Tensor div(Scalar scalar) => div(Constant(scalar));

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator +(Scalar left, Tensor right) => right.Constant(left).add(right);
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        public static Tensor operator -(Scalar left, Tensor right) => right.Constant(left).sub(right);
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator *(Scalar left, Tensor right) => right.Constant(left).mul(right);
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);
        public static Tensor operator /(Scalar left, Tensor right) => right.Constant(left).div(right);
        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public Tensor add_(Tensor target) => InPlace<AddOp>("add_", target);
        public Tensor sub_(Tensor target) => InPlace<SubOp>("sub_", target);
        public Tensor mul_(Tensor target) => InPlace<MulOp>("mul_", target);
        public Tensor div_(Tensor target) => InPlace<DivOp>("div_", target);
        public Tensor add_(Scalar scalar) => add_(Constant(scalar));
        public Tensor sub_(Scalar scalar) => sub_(Constant(scalar));
        public Tensor mul_(Scalar scalar) => mul_(Constant(scalar));
        public Tensor div_(Scalar scalar) => div_(Constant(scalar));

        private Tensor InPlace<TOp>(string op, Tensor other) where TOp : struct, IBinary
        {
            BeginInPlace(op);
            var type = op == "div_" ? ScalarType.Float32 : Promotion(dtype, other.dtype);
            if (type != dtype)
                throw new ArgumentException($"{op}: a {type.Name()} result cannot be stored in a {dtype.Name()} tensor");
            if (!Shape.Broadcast(op, sizes, other.sizes).AsSpan().SequenceEqual(sizes))
                throw new ArgumentException($"{op}: shape {Shape.Text(other.sizes)} does not broadcast to {Shape.Text(sizes)}");
            Into<TOp>(op, this, other.to_type(dtype), this);
            return this;
        }

        /// <summary>Checks that this tensor may be written to, and notes that it is.</summary>
        internal void BeginInPlace(string op)
        {
            if (node is not null && GradMode.Enabled)
                throw new InvalidOperationException(
                    $"{op}: a tensor that requires a gradient cannot be changed in place here; "
                    + "use no_grad(), detach() or the op without underscore");
            Version++;
        }

        /// <summary>A one-element tensor whose type lets this tensor's type decide, unless the scalar is of a higher kind.</summary>
        private Tensor Constant(Scalar scalar) => full([], scalar, dtype == ScalarType.Float32 || scalar.Type == ScalarType.Float32
            ? ScalarType.Float32 : Promotion(dtype, scalar.Type));

        private static ScalarType Promotion(ScalarType a, ScalarType b) =>
            a == ScalarType.Float32 || b == ScalarType.Float32 ? ScalarType.Float32
            : a == ScalarType.Int64 || b == ScalarType.Int64 ? ScalarType.Int64 : ScalarType.Bool;

        internal static (Tensor, Tensor) Promote(string op, Tensor a, Tensor b)
        {
            var type = Promotion(a.dtype, b.dtype);
            if (type == ScalarType.Bool && op is not ("eq" or "ne" or "where" or "sub"))
                type = ScalarType.Int64;
            return (a.to_type(type), b.to_type(type));
        }

        private static Tensor Binary<TOp>(string op, Tensor a, Tensor b) where TOp : struct, IBinary =>
            a.dtype == ScalarType.Float32 && (b.Count == 1 && a.sizes.Length >= b.sizes.Length || a.Sizes.SequenceEqual(b.sizes))
                ? Alike<TOp>(op, a, b)
                : Into<TOp>(op, a, b, Empty(op, Shape.Broadcast(op, a.sizes, b.sizes), a.dtype));

        /// <summary>The op on tensors of one shape, or on one and a single number; the order of the elements stays.</summary>
        private static unsafe Tensor Alike<TOp>(string op, Tensor a, Tensor b) where TOp : struct, IBinary
        {
            var channelsLast = b.Count == 1 ? a.IsChannelsLast : ShareChannelsLast(a, b);
            var y = EmptyImages(op, a.sizes, channelsLast);
            Elementwise.Binary<float, TOp>(a.Unordered, a.sizes, b.Unordered, b.sizes, y.Unordered, y.sizes);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            return y;
        }

        private static Tensor Into<TOp>(string op, Tensor a, Tensor b, Tensor y) where TOp : struct, IBinary
        {
            if (y.dtype == ScalarType.Float32)
                Into<float, TOp>(a, b, y);
            else if (y.dtype == ScalarType.Int64)
                Into<long, TOp>(a, b, y);
            else
                throw new ArgumentException($"{op}: dtype {y.dtype.Name()} is not supported; expected float32 or int64");
            return y;
        }

        private static unsafe void Into<T, TOp>(Tensor a, Tensor b, Tensor y) where T : unmanaged where TOp : struct, IBinary
        {
            Elementwise.Binary<T, TOp>(a.Pointer<T>(), a.sizes, b.Pointer<T>(), b.sizes, y.Pointer<T>(), y.sizes);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }

        /// <summary>Adds one number to each channel of this <c>[N, C, H, W]</c>.</summary>
        internal void AddToChannels(Tensor bias)
        {
            using var column = bias.detach().reshape(-1, 1, 1);
            Into<float, AddOp>(this, column, this);
        }

        /// <summary>Sums a gradient over the dimensions along which its operand was broadcast.</summary>
        internal Tensor sum_to_size(ReadOnlySpan<long> size)
        {
            if (Sizes.SequenceEqual(size))
                return alias();
            var extra = sizes.Length - size.Length;
            var dims = new List<long>();
            for (var d = 0; d < sizes.Length; d++)
                if (d < extra || (size[d - extra] == 1 && sizes[d] != 1))
                    dims.Add(d);
            return sum([.. dims], keepdim: true).reshape(size.ToArray());
        }
    }

    private readonly struct AddOp : IBinary { public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => x + y; }
    private readonly struct SubOp : IBinary { public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => x - y; }
    private readonly struct MulOp : IBinary { public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => x * y; }
    private readonly struct DivOp : IBinary { public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => x / y; }

    private readonly struct MaxOp : IBinary
    {
        public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => Winner(Vector.GreaterThan(x, y), x, y);
    }

    private readonly struct MinOp : IBinary
    {
        public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => Winner(Vector.LessThan(x, y), x, y);
    }

    // NaN wins in PyTorch's maximum and minimum; x + y is NaN exactly then for the cases that the comparison leaves open.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Winner<T>(Vector<T> wins, Vector<T> x, Vector<T> y) =>
        Vector.ConditionalSelect(Vector.Equals(x, x) & Vector.Equals(y, y), Vector.ConditionalSelect(wins, x, y), x + y);
}
