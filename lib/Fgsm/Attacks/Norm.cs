namespace Fgsm.Attacks;

/// <summary>How the size of a change is measured, image by image: <see cref="LInf"/>, <see cref="L2"/> or <see cref="L1"/>.</summary>
public abstract class Norm
{
    /// <summary>The largest change of a pixel.</summary>
    public static Norm LInf { get; } = new LInfNorm();

    /// <summary>The square root of the sum of the squared changes.</summary>
    public static Norm L2 { get; } = new L2Norm();

    /// <summary>The sum of the absolute changes.</summary>
    public static Norm L1 { get; } = new L1Norm();

    private protected Norm()
    {
    }

    /// <summary>The size of each image's change: <c>[N, C, H, W]</c> to <c>[N]</c>.</summary>
    public abstract Tensor Length(Tensor change);

    /// <summary>
    /// Of all changes of length 1 the one along which a loss with this gradient rises fastest; 0 where the gradient is 0. The shape of
    /// the gradient.
    /// </summary>
    public abstract Tensor Steepest(Tensor gradient);

    /// <summary>How fast the loss rises along <see cref="Steepest"/>: the length of the gradient in the dual norm, <c>[N]</c>.</summary>
    public abstract Tensor Dual(Tensor gradient);

    /// <summary>
    /// A point within eps of x and within the bounds: the nearest for L-infinity and L1; for L2 first onto the ball, then into the
    /// bounds. For L-infinity float rounding carries no pixel past eps; a length in L2 or L1 is a rounded sum itself.
    /// </summary>
    /// <param name="x">Images within the bounds.</param>
    /// <param name="point">The shape of x.</param>
    /// <param name="eps">One for each image, <c>[N, 1, 1, 1]</c>, or one for all, <c>[]</c>.</param>
    public abstract Tensor Project(Tensor x, Tensor point, Tensor eps, Bounds bounds);

    /// <summary>A random change of at most eps, the shape of x.</summary>
    internal abstract Tensor RandomChange(Tensor x, double eps, RandomDraws draws);

    /// <summary>
    /// How a minimal change divides itself among pixels whose part in a loss has the weight <paramref name="w"/>: pixel i moves by
    /// min(lambda * share, its room). Used by <see cref="FAB"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">For L1, whose minimal change moves one pixel after the other.</exception>
    internal abstract Tensor Shares(Tensor w);

    /// <summary>One number for each image, <c>[N]</c>, in a shape that broadcasts with the images: <c>[N, 1, 1, 1]</c>.</summary>
    internal static Tensor PerImage(Tensor values, Tensor images) =>
        values.reshape([images.shape[0], .. Enumerable.Repeat(1L, (int)images.ndim - 1)]);

    private static Tensor Rows(Tensor images) => images.reshape(images.shape[0], -1);

    private sealed class LInfNorm : Norm
    {
        public override Tensor Length(Tensor change) => Rows(change.abs()).amax(1);
        public override Tensor Steepest(Tensor gradient) => gradient.sign();
        public override Tensor Dual(Tensor gradient) => Rows(gradient.abs()).sum(1);

        public override Tensor Project(Tensor x, Tensor point, Tensor eps, Bounds bounds) =>
            point.maximum(SumFromBelow(x.neg(), eps).neg()).minimum(SumFromBelow(x, eps)).clamp(bounds.Min, bounds.Max);

        /// <summary>x + eps, where rounding would carry it further than eps from x the next float below.</summary>
        private static Tensor SumFromBelow(Tensor x, Tensor eps)
        {
            var sum = x + eps;
            // Knuth's two-sum: what rounding took from the sum, exactly; below 0 where it was rounded up.
            var rounded = sum - x;
            var lost = x - (sum - rounded) + (eps - rounded);
            // A little more than half a unit in the last place, so that rounding takes it to the next float.
            return where(lost.lt(0), sum - sum.abs() * (float)Math.ScaleB(1.001, -24), sum);
        }

        internal override Tensor RandomChange(Tensor x, double eps, RandomDraws draws) => draws.Uniform(x, -eps, eps);
        internal override Tensor Shares(Tensor w) => ones_like(w);
        public override string ToString() => "L-infinity";
    }

    private sealed class L2Norm : Norm
    {
        public override Tensor Length(Tensor change) => Rows(change.square()).sum(1).sqrt();

        /// <summary>Scaled to a largest element of 1 first: the square of a gradient below 1e-19 would be 0 in float32.</summary>
        public override Tensor Steepest(Tensor gradient)
        {
            var largest = PerImage(LInf.Length(gradient), gradient);
            var scaled = gradient / where(largest.eq(0), ones_like(largest), largest);
            return scaled / PerImage(Length(scaled), gradient).clamp(min: 1);
        }

        public override Tensor Dual(Tensor gradient) => Length(gradient);

        public override Tensor Project(Tensor x, Tensor point, Tensor eps, Bounds bounds)
        {
            var change = point - x;
            var length = PerImage(Length(change), x);
            return (x + change / (length + 1e-12) * length.minimum(eps)).clamp(bounds.Min, bounds.Max);
        }

        /// <summary>Uniform in the ball: a random direction, and the d-th root of a uniform number for the length.</summary>
        internal override Tensor RandomChange(Tensor x, double eps, RandomDraws draws)
        {
            var direction = Steepest(draws.Normal(x));
            var dimensions = x.numel() / Math.Max(1, x.shape[0]);
            return direction * PerImage(draws.Uniform(Length(x), 0, 1).pow(1.0 / dimensions), x) * eps;
        }

        internal override Tensor Shares(Tensor w) => w.abs();
        public override string ToString() => "L2";
    }

    private sealed class L1Norm : Norm
    {
        public override Tensor Length(Tensor change) => Rows(change.abs()).sum(1);

        public override Tensor Steepest(Tensor gradient)
        {
            var rows = Rows(gradient);
            var largest = rows.abs().argmax(1, keepdim: true);
            return where(arange(rows.shape[1]).to(rows.device).eq(largest), rows.sign(), zeros_like(rows)).reshape(gradient.shape);
        }

        public override Tensor Dual(Tensor gradient) => LInf.Length(gradient);

        /// <summary>
        /// The nearest point of ball and box lowers every change by the same amount and then cuts it at the bounds; that amount is
        /// found by halving.
        /// </summary>
        public override Tensor Project(Tensor x, Tensor point, Tensor eps, Bounds bounds)
        {
            var change = point - x;
            var (low, high) = (PerImage(zeros_like(Length(change)), x), PerImage(LInf.Length(change), x));
            Tensor Lowered(Tensor amount) =>
                (x + (change.abs() - amount).clamp(min: 0) * change.sign()).clamp(bounds.Min, bounds.Max) - x;
            var fits = PerImage(Length(Lowered(low)), x).le(eps);
            for (var halving = 0; halving < 40; halving++)
            {
                var middle = (low + high) / 2;
                var inside = PerImage(Length(Lowered(middle)), x).le(eps);
                (low, high) = (where(inside, low, middle), where(inside, middle, high));
            }
            return x + Lowered(where(fits, zeros_like(high), high));
        }

        internal override Tensor RandomChange(Tensor x, double eps, RandomDraws draws) =>
            Project(x, x + draws.Normal(x), tensor((float)eps), Bounds.None) - x;

        internal override Tensor Shares(Tensor w) =>
            throw new NotSupportedException("FAB: L1 is not supported; choose L-infinity or L2");

        public override string ToString() => "L1";
    }
}
