namespace Fgsm.Attacks;

/// <summary>
/// Square: random search that changes one square of the image at a time and keeps what lowers the margin; the squares shrink. It asks
/// the model for logits only, no gradient, so that it also finds what a hidden gradient hides.
/// Andriushchenko, Croce, Flammarion, Hein, "Square Attack: a query-efficient black-box adversarial attack via random search", 2020,
/// https://arxiv.org/abs/1912.00049, algorithms 1 and 2.
/// Distance: L-infinity.
/// </summary>
/// <remarks>Each image has a square of its own. The official code of auto-attack draws one for the whole batch.</remarks>
/// <example><c>var adversarial = new Square(eps: 0.3, queries: 5000).Attack(model, x, y);</c></example>
public sealed class Square : FixedEpsAttack
{
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
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

    public int Queries { get; }
    public double Share { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) => x.ndim != 4
        ? throw new ArgumentException($"Square: expected images [N, C, H, W], got [{string.Join(", ", x.shape)}]")
        : OnSurvivors(model, x, y, 1, (_, images, labels, draws) => Run(model, images, labels, draws));

    private Tensor Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, RandomDraws draws)
    {
        var (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3]);
        var eps = tensor((float)Eps).to(x.device);
        // Stripes: one sign for each column and channel.
        var stripes = draws.Uniform(x[.., .., ..1], -1, 1).sign();
        var best = (x + stripes * Eps).clamp(Bounds.Min, Bounds.Max);
        var margin = Margin(model, best, y);
        var left = margin.le(0).nonzero().reshape(-1);
        for (var query = 0; query < Queries && left.numel() > 0; query++)
        {
            using var scope = NewDisposeScope();
            var side = (int)Math.Clamp(Math.Round(Math.Sqrt(Share / Shrink(query) * height * width)), 1, Math.Min(height, width));
            var (images, from) = (x.index_select(0, left), best.index_select(0, left));
            // For each image the signs of its channels, then the place of its square.
            var numbers = draws.Of(left).Uniform(zeros(left.numel(), channels + 2), 0, 1).to(x.device);
            var (rows, columns) = (Covers(numbers[.., channels], height, side), Covers(numbers[.., channels + 1], width, side));
            var inside = rows.unsqueeze(2).logical_and(columns.unsqueeze(1)).unsqueeze(1);
            var sign = (numbers.narrow(1, 0, channels) - 0.5).sign().reshape(-1, channels, 1, 1);
            var tried = Norm.LInf.Project(images, where(inside, from + sign * (2 * Eps), from), eps, Bounds);
            var tries = Margin(model, tried, y.index_select(0, left));
            var better = tries.gt(margin.index_select(0, left));
            best[left[better]] = tried[better];
            margin[left[better]] = tries[better];
            left = margin.le(0).nonzero().reshape(-1).MoveToOuterDisposeScope();
        }
        return best;
    }

    /// <summary>Above 0 where the model is fooled.</summary>
    private Tensor Margin(nn.Module<Tensor, Tensor> model, Tensor images, Tensor y)
    {
        var margin = AttackLosses.Margin(model.call(images), y);
        return Targeted ? margin.neg() : margin;
    }

    /// <summary>bool <c>[N, size]</c>: the places that a side covers, which begins at a random place for each image.</summary>
    private static Tensor Covers(Tensor numbers, long size, int side)
    {
        var start = (numbers * (size - side)).to(int64).unsqueeze(1);
        var places = arange(size).to(numbers.device);
        return places.ge(start).logical_and(places.lt(start + side));
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
