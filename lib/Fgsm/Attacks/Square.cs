namespace Fgsm.Attacks;

/// <summary>
/// Square: random search that changes one square of the image at a time and keeps what lowers the margin; the squares shrink. It asks
/// the model for logits only, no gradient, so that it also finds what a hidden gradient hides.
/// Andriushchenko, Croce, Flammarion, Hein, "Square Attack: a query-efficient black-box adversarial attack via random search", 2020,
/// https://arxiv.org/abs/1912.00049, algorithms 1 and 2.
/// Distance: L-infinity, where a square moves by one sign a channel; or L2, where it gets two hills of opposite sign, which are paid for
/// with the change of another square.
/// </summary>
/// <remarks>Each image has squares of its own. The official code of auto-attack draws them for the whole batch.</remarks>
/// <example><c>var adversarial = new Square(eps: 0.3, queries: 5000).Attack(model, x, y);</c></example>
public sealed class Square : FixedEpsAttack
{
    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <param name="queries">How often the model is asked for each image; auto-attack takes 5,000.</param>
    /// <param name="share">The share of the image that the first squares cover; auto-attack takes 0.8.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// eps is negative or not finite, there are no queries, or the share is not above 0 and up to 1.
    /// </exception>
    public Square(double eps, int queries = 5000, double share = 0.8) : base(eps)
    {
        (Queries, Share) = (RequireCount(queries), share);
        if (share is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(share), FormattableString.Invariant($"Square: share must be above 0 and at most 1, got {share}"));
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.LInf, Norm.L2];

    public int Queries { get; }
    public double Share { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => x.ndim != 4
        ? throw new ArgumentException($"Square: expected images [N, C, H, W], got [{string.Join(", ", x.shape)}]")
        : OnSurvivors(model, x, y, 1, (_, images, labels, draws) => Run(model, images, labels, draws));

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, RandomDraws draws)
    {
        var (height, width) = (x.shape[2], x.shape[3]);
        var eps = EpsFor(x);
        var start = Norm == Norm.LInf ? Stripes(x, draws) : Tiles(x, draws);
        var best = Norm.Project(x, x + start * Eps, eps, Bounds);
        var margin = Margin(model, best, y);
        var left = margin.le(0).nonzero().reshape(-1);
        for (var query = 0; query < Queries && left.numel() > 0; query++)
        {
            using var scope = NewDisposeScope();
            var side = (int)Math.Clamp(Math.Round(Math.Sqrt(Share / Shrink(query) * height * width)), 1, Math.Min(height, width));
            var (images, from, some) = (x.index_select(0, left), best.index_select(0, left), draws.Of(left));
            var proposed = Norm == Norm.LInf ? Moved(from, side, some) : images + Exchanged(from - images, side, some) * Eps;
            var tried = Norm.Project(images, proposed, eps, Bounds);
            var tries = Margin(model, tried, y.index_select(0, left));
            var better = tries.gt(margin.index_select(0, left));
            best[left[better]] = tried[better];
            margin[left[better]] = tries[better];
            left = margin.le(0).nonzero().reshape(-1).MoveToOuterDisposeScope();
        }
        return best;
    }

    /// <summary>The first change in L-infinity: one sign for each column and channel.</summary>
    private static Tensor Stripes(Tensor x, RandomDraws draws) => draws.Uniform(x[.., .., ..1], -1, 1).sign();

    /// <summary>In L-infinity: a square of each image moved by twice eps up or down, each channel by its own sign.</summary>
    private Tensor Moved(Tensor from, int side, RandomDraws draws)
    {
        var channels = from.shape[1];
        var numbers = Numbers(from, channels + 2, draws);
        var inside = In(Down(numbers[.., channels], from, side), Across(numbers[.., channels + 1], from, side), side);
        return where(inside, from + Signs(numbers, channels) * (2 * Eps), from);
    }

    /// <summary>The first change in L2, of length 1: five by five tiles of hills, each tile and channel with its own sign.</summary>
    private static Tensor Tiles(Tensor x, RandomDraws draws)
    {
        var (channels, height, width) = (x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var side = Math.Max(1, height / 5);
        var (margin, hills, tiles) = ((height - 5 * side) / 2, Hills(side), width / side);
        var (tile, upright, lying) = (new long[height * width], new float[height * width], new float[height * width]);
        for (var row = margin; row < margin + height / side * side && row < height; row++)
            for (var column = margin; column < margin + tiles * side && column < width; column++)
            {
                var (down, across, pixel) = ((row - margin) % side, (column - margin) % side, row * width + column);
                tile[pixel] = (row - margin) / side * tiles + (column - margin) / side;
                (upright[pixel], lying[pixel]) = (hills[down * side + across], hills[across * side + down]);
            }
        var numbers = draws.Uniform(zeros(x.shape[0], channels + 1, height / side * tiles), 0, 1).to(x.device)
            .index_select(2, tensor(tile).to(x.device)).reshape(-1, channels + 1, height, width);
        Tensor Picture(float[] pixels) => tensor(pixels, [1, 1, height, width]).to(x.device);
        var shape = where(numbers.narrow(1, channels, 1).gt(0.5), Picture(lying), Picture(upright));
        return Norm.L2.Steepest(shape * (numbers.narrow(1, 0, channels) - 0.5).sign());
    }

    /// <summary>
    /// In L2, as a change of length 1: a square of each image gets hills on top of what it has, and the length that the change in another
    /// square had, which is taken away, and that eps still has.
    /// </summary>
    private Tensor Exchanged(Tensor change, int side, RandomDraws draws)
    {
        var channels = change.shape[1];
        // Odd, as in the official code.
        side = (int)Math.Min(Math.Max(side, 3) | 1, Math.Min(change.shape[2], change.shape[3]));
        var numbers = Numbers(change, channels + 5, draws);
        var (down, across) = (Down(numbers[.., channels], change, side), Across(numbers[.., channels + 1], change, side));
        var first = In(down, across, side);
        var second = In(Down(numbers[.., channels + 2], change, side), Across(numbers[.., channels + 3], change, side), side);
        var turned = numbers[.., channels + 4].gt(0.5).reshape(-1, 1, 1, 1);
        var at = where(turned, across * side + down, down * side + across);
        var place = where(first, at, zeros_like(at)).to(int64).reshape(-1);
        var hills = tensor(Hills(side)).to(change.device).index_select(0, place).reshape(at.shape) * Signs(numbers, channels);

        static Tensor Length(Tensor part) => part.square().sum([2, 3], keepdim: true).sqrt();
        Tensor Only(Tensor mask, Tensor part) => part * mask.to(float32);
        var before = Only(first, change);
        var shape = Only(first, hills + before / (Length(before) + 1e-12));
        var spare = (Eps * Eps - change.square().sum([1, 2, 3], keepdim: true)).clamp(min: 0) / channels;
        var length = (spare + Length(Only(first.logical_or(second), change)).square()).sqrt();
        return Norm.L2.Steepest(where(first, shape / (Length(shape) + 1e-12) * length, Only(second.logical_not(), change)));
    }

    /// <summary>
    /// Two hills of opposite sign, one above the other, of length 1 together: a square, row by row. A hill is a sum of rectangles about
    /// its middle, the k-th of height 1 / k^2.
    /// </summary>
    private static float[] Hills(int side)
    {
        var hills = new double[side * side];
        var half = side / 2;
        Hill(0, half, 1);
        Hill(half, side - half, -1);
        var length = Math.Sqrt(hills.Sum(h => h * h));
        return Array.ConvertAll(hills, h => (float)(h / length));

        void Hill(int top, int rows, int sign)
        {
            var peak = Enumerable.Range(0, rows * side).Select(i => Enumerable
                .Range(1, Math.Max(rows, side) / 2 + 1)
                .Where(k => k > Math.Max(Math.Abs(i / side - rows / 2), Math.Abs(i % side - side / 2)))
                .Sum(k => 1.0 / (k * k))).ToArray();
            var own = Math.Sqrt(peak.Sum(h => h * h));
            foreach (var (i, height) in peak.Index())
                hills[top * side + i] = sign * height / own;
        }
    }

    private static Tensor Numbers(Tensor images, long count, RandomDraws draws) =>
        draws.Uniform(zeros(images.shape[0], count), 0, 1).to(images.device);

    /// <summary>The signs of the channels, <c>[N, C, 1, 1]</c>.</summary>
    private static Tensor Signs(Tensor numbers, long channels) =>
        (numbers.narrow(1, 0, channels) - 0.5).sign().reshape(-1, channels, 1, 1);

    /// <summary>How far each row is below the first row of a square at a random place, <c>[N, 1, H, 1]</c>.</summary>
    private static Tensor Down(Tensor numbers, Tensor images, int side) =>
        Offsets(numbers, images.shape[2], side).reshape(-1, 1, images.shape[2], 1);

    /// <summary>The same of columns, <c>[N, 1, 1, W]</c>.</summary>
    private static Tensor Across(Tensor numbers, Tensor images, int side) =>
        Offsets(numbers, images.shape[3], side).reshape(-1, 1, 1, images.shape[3]);

    private static Tensor Offsets(Tensor numbers, long size, int side)
    {
        var start = (numbers * (size - side)).to(int64).to(float32).unsqueeze(1);
        return arange(size).to(float32).to(numbers.device) - start;
    }

    /// <summary>bool <c>[N, 1, H, W]</c>: the pixels of the square.</summary>
    private static Tensor In(Tensor down, Tensor across, int side)
    {
        Tensor Within(Tensor offsets) => offsets.ge(0).logical_and(offsets.lt(side));
        return Within(down).logical_and(Within(across));
    }

    /// <summary>Above 0 where the model is fooled.</summary>
    private Tensor Margin(nn.Module<Tensor, Tensor> model, Tensor images, Tensor y)
    {
        var margin = AttackLosses.Margin(model.call(images), y);
        return Targeted ? margin.neg() : margin;
    }

    /// <summary>The schedule of auto-attack for 10,000 queries: the area is halved when so many are done.</summary>
    private static int Shrink(int query) => query switch
    {
        <= 10 => 1,
        <= 50 => 2,
        <= 200 => 4,
        <= 500 => 8,
        <= 1000 => 16,
        <= 2000 => 32,
        <= 4000 => 64,
        <= 6000 => 128,
        <= 8000 => 256,
        _ => 512,
    };

    public override string ToString() => Describe($"eps: {Eps:0.######}, queries: {Queries}, share: {Share:0.######}");
}
