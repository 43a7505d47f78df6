namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary><paramref name="x"/> where the condition holds, <paramref name="y"/> elsewhere; all three broadcast.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y)
    {
        if (condition.dtype != ScalarType.Bool)
            throw new ArgumentException(
                $"where: the condition must be bool, got {condition.dtype.Name()} of shape {Shape.Text(condition.Sizes)}");
        var (a, b) = Tensor.Promote("where", x, y);
        var shape = Shape.Broadcast("where", condition.Sizes, Shape.Broadcast("where", a.Sizes, b.Sizes));
        var (mask, left, right) = (condition.expand(shape), a.expand(shape), b.expand(shape));
        var result = Tensor.Empty("where", shape, a.dtype);
        switch (a.dtype)
        {
            case ScalarType.Float32: Select<float>(); break;
            case ScalarType.Int64: Select<long>(); break;
            default: Select<bool>(); break;
        }
        return Node.Record("where", result, [mask],
            (left, (g, s) => where(s[0], g, zeros_like(g))), (right, (g, s) => where(s[0], zeros_like(g), g)));

        void Select<T>() where T : unmanaged
        {
            var m = mask.Span<bool>();
            var p = left.Span<T>();
            var q = right.Span<T>();
            var r = result.Span<T>();
            for (var i = 0; i < r.Length; i++)
                r[i] = m[i] ? p[i] : q[i];
        }
    }

    /// <summary>Whether both tensors have the same shape, type and elements.</summary>
    public static bool equal(Tensor left, Tensor right) =>
        left.Sizes.SequenceEqual(right.Sizes) && left.dtype == right.dtype && left.eq(right).all().item<bool>();

    public static bool allclose(Tensor left, Tensor right, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        left.allclose(right, rtol, atol, equal_nan);

    /// <summary>Comparisons give bool tensors and broadcast.</summary>
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Compare<EqOp>("eq", target);
        public Tensor ne(Tensor target) => Compare<NeOp>("ne", target);
        public Tensor lt(Tensor target) => Compare<LtOp>("lt", target);
        public Tensor le(Tensor target) => Compare<LeOp>("le", target);
        public Tensor gt(Tensor target) => Compare<GtOp>("gt", target);
        public Tensor ge(Tensor target) => Compare<GeOp>("ge", target);
        public Tensor eq(Scalar target) => eq(Constant(target));
        public Tensor ne(Scalar target) => ne(Constant(target));
        public Tensor lt(Scalar target) => lt(Constant(target));
        public Tensor le(Scalar target) => le(Constant(target));
        public Tensor gt(Scalar target) => gt(Constant(target));
        public Tensor ge(Scalar target) => ge(Constant(target));

        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        public Tensor logical_and(Tensor other) => Truth().mul(other.Truth()).ne(0);
        public Tensor logical_or(Tensor other) => Truth().add(other.Truth()).ne(0);
        public Tensor logical_not() => eq(0);
        public Tensor isnan() => ne(this);

        /// <summary>The elements for which a mask of the same shape holds, in order, as one dimension.</summary>
        public Tensor masked_select(Tensor mask)
        {
            if (mask.dtype != ScalarType.Bool || !mask.Sizes.SequenceEqual(sizes))
                throw new ArgumentException(
                    $"masked_select: expected a bool mask of shape {Shape.Text(sizes)}, "
                    + $"got {mask.dtype.Name()} of shape {Shape.Text(mask.sizes)}");
            return reshape(-1).index_select(0, mask.reshape(-1).nonzero().reshape(-1));
        }

        /// <summary>The indices of the elements that are not zero: int64 <c>[count, dims]</c>.</summary>
        public Tensor nonzero()
        {
            var truth = Truth().Span<long>();
            var found = new List<long>();
            for (var i = 0; i < truth.Length; i++)
            {
                if (truth[i] == 0)
                    continue;
                var (rest, at) = (i, found.Count);
                for (var d = sizes.Length - 1; d >= 0; d--)
                {
                    found.Insert(at, rest % sizes[d]);
                    rest /= (int)sizes[d];
                }
            }
            return tensor(found.ToArray()).reshape(sizes.Length == 0 ? found.Count : found.Count / sizes.Length, sizes.Length);
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            var shape = Shape.Broadcast("allclose", sizes, target.sizes);
            var a = expand(shape).to_type(ScalarType.Float32).Span<float>();
            var b = target.expand(shape).to_type(ScalarType.Float32).Span<float>();
            for (var i = 0; i < a.Length; i++)
            {
                var close = a[i] == b[i] || Math.Abs((double)a[i] - b[i]) <= atol + rtol * Math.Abs((double)b[i])
                    || (equal_nan && float.IsNaN(a[i]) && float.IsNaN(b[i]));
                if (!close)
                    return false;
            }
            return true;
        }

        private Tensor Truth() => (dtype == ScalarType.Bool ? this : ne(0)).to_type(ScalarType.Int64);

        private Tensor Compare<TOp>(string op, Tensor other) where TOp : struct, IComparison
        {
            var (a, b) = Promote("where", this, other);
            if (a.dtype == ScalarType.Bool)
                (a, b) = (a.to_type(ScalarType.Int64), b.to_type(ScalarType.Int64));
            var y = Empty(op, Shape.Broadcast(op, a.sizes, b.sizes), ScalarType.Bool);
            if (a.dtype == ScalarType.Float32)
                CompareInto<float, TOp>(a, b, y);
            else
                CompareInto<long, TOp>(a, b, y);
            return y;
        }

        private static unsafe void CompareInto<T, TOp>(Tensor a, Tensor b, Tensor y) where T : unmanaged, INumber<T>
            where TOp : struct, IComparison
        {
            Elementwise.Compare<T, TOp>(a.Pointer<T>(), a.sizes, b.Pointer<T>(), b.sizes, y.Pointer<bool>(), y.sizes);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }
    }

    private readonly struct EqOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x == y; }
    private readonly struct NeOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x != y; }
    private readonly struct LtOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x < y; }
    private readonly struct LeOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x <= y; }
    private readonly struct GtOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x > y; }
    private readonly struct GeOp : IComparison { public static bool Apply<T>(T x, T y) where T : INumber<T> => x >= y; }
}
