namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);

    public partial class Tensor
    {
        public Tensor pow(Scalar exponent) => pow(tensor(exponent.ToSingle()));

        /// <summary>
        /// x^p element by element, broadcast, within 0.51 ulp; C's rules for zeros, infinities and negative x: 0^0 is 1, and a
        /// negative number to a power that is not whole is NaN.
        /// </summary>
        public Tensor pow(Tensor exponent)
        {
            RequireFloat("pow", this);
            RequireFloat("pow", exponent);
            var shape = Shape.Broadcast("pow", sizes, exponent.sizes);
            var (x, p) = (expand(shape), exponent.expand(shape));
            var y = Raise(x, p);
            return Node.Record("pow", y, [x, p, y],
                (x, (g, s) => where(s[1].eq(0), zeros_like(g), g * s[1] * Raise(s[0], s[1] - 1))),
                (p, (g, s) => where(s[2].eq(0), zeros_like(g), g * s[2] * s[0].log())));
        }

        private static Tensor Raise(Tensor x, Tensor exponent)
        {
            var y = Empty("pow", x.sizes);
            Threads.Ranges(y.Count, Elementwise.Grain, (first, last) =>
            {
                var bases = x.Span<float>();
                var exponents = exponent.Span<float>();
                var results = y.Span<float>();
                for (var i = first; i < last; i++)
                    results[i] = (float)VectorMath.Pow(bases[i], exponents[i]);
            });
            return y;
        }
    }
}
