namespace Fgsm.Attacks;

/// <summary>
/// FAB-T, the fast adaptive boundary attack towards one class after the other: projects onto the plane where the model, taken for
/// linear, is undecided between label and target, keeps near the clean image, and steps back from each adversarial image found.
/// Croce, Hein, "Minimally distorted Adversarial Examples with a Fast Adaptive Boundary Attack", 2020, https://arxiv.org/abs/1907.02044.
/// Distance: L-infinity or L2.
/// </summary>
/// <remarks>
/// The targeted form of the official auto-attack, which has one gradient a step instead of one for each class. The projections onto
/// plane and box are found by Newton's method instead of sorting; both are exact.
/// </remarks>
/// <example><c>var adversarial = new FAB { Norm = Norm.LInf }.Attack(model, x, y);</c></example>
public sealed class FAB : MinimalAttack
{
    private const double AlphaMax = 0.1, Eta = 1.05, Beta = 0.9;

    /// <param name="steps">For each target; the official code takes 100.</param>
    /// <param name="targets">The classes tried, the likeliest first; the official code takes 9.</param>
    /// <param name="enough">After a change of at most this length no other target is tried for an image; 0 tries all.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps or targets, or enough is negative or not finite.</exception>
    public FAB(int steps = 100, int targets = 9, double enough = 0) =>
        (Steps, Targets, Enough) = (RequireCount(steps), RequireCount(targets), RequireDistance(enough));

    public int Steps { get; }
    public int Targets { get; }
    public double Enough { get; }

    protected override Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        if (Targeted)
            throw new NotSupportedException("FAB: it chooses its targets itself; use FMN for a given class");
        var logits = model.call(x);
        var order = logits.argsort(1, descending: true);
        var right = Fooled(logits, y).logical_not();
        var best = new SmallestChange(Norm, x);
        for (var rank = 1; rank <= Math.Min(Targets, order.shape[1] - 1); rank++)
        {
            using var scope = NewDisposeScope();
            var left = right.logical_and(best.Length.gt(Enough)).nonzero().reshape(-1);
            if (left.numel() == 0)
                break;
            var found = Run(model, x.index_select(0, left), y.index_select(0, left), order[.., rank].index_select(0, left));
            var better = found.Length.lt(best.Length.index_select(0, left));
            best.Images[left[better]] = found.Images[better];
            best.Length[left[better]] = found.Length[better];
        }
        return best.Images;
    }

    private SmallestChange Run(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y, Tensor target)
    {
        var best = new SmallestChange(Norm, x);
        var point = x.clone();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var plane = LossGradient.Of(
                model, point, y, (logits, y) => AttackLosses.LogitOf(logits, target) - AttackLosses.LogitOf(logits, y));
            // The plane where the difference of the two logits is 0: <w, z> = <w, point> - difference.
            var offset = Dot(plane.Gradient, point) - plane.Losses;
            var (fromPoint, fromImage) = (ToPlane(point, plane.Gradient, offset), ToPlane(x, plane.Gradient, offset));
            var (a, b) = (Norm.Length(fromPoint).clamp(min: 1e-8), Norm.Length(fromImage).clamp(min: 1e-8));
            var alpha = Norm.PerImage((a / (a + b)).clamp(0, AlphaMax), x);
            point.copy_(((point + fromPoint * Eta) * (1 - alpha) + (x + fromImage * Eta) * alpha).clamp(Bounds.Min, Bounds.Max));
            var fooled = Fooled(model.call(point), y);
            best.Offer(point, fooled);
            point.copy_(where(Norm.PerImage(fooled, x), x + (point - x) * Beta, point));
        }
        return best;
    }

    private static Tensor Dot(Tensor a, Tensor b) => (a * b).reshape(a.shape[0], -1).sum(1);

    /// <summary>
    /// The smallest change of a point that reaches the plane &lt;w, z&gt; = offset within the bounds; as far as they allow where none
    /// does. Pixel i moves by min(lambda * share, room). What that gains is concave in lambda, in straight pieces: Newton's method climbs
    /// to the root from below and is exact once no further pixel meets its bound.
    /// </summary>
    private Tensor ToPlane(Tensor point, Tensor w, Tensor offset)
    {
        var missing = offset - Dot(w, point);
        var way = w.sign() * Norm.PerImage(missing.sign(), point);
        var room = where(way.gt(0), Bounds.Max - point, point - Bounds.Min);
        var (weight, shares) = (w.abs(), Norm.Shares(w));
        var lambda = zeros_like(missing);
        for (var i = 0; i < 30; i++)
        {
            var moved = (Norm.PerImage(lambda, point) * shares).minimum(room);
            var slope = Dot(weight, where((Norm.PerImage(lambda, point) * shares).lt(room), shares, zeros_like(shares)));
            var next = where(slope.gt(0), lambda + (missing.abs() - Dot(weight, moved)).clamp(min: 0) / slope.clamp(min: 1e-30), lambda);
            if (next.ne(lambda).nonzero().numel() == 0)
                break;
            lambda = next;
        }
        return way * (Norm.PerImage(lambda, point) * shares).minimum(room);
    }

    public override string ToString() => Describe($"steps: {Steps}, targets: {Targets}, enough: {Enough:0.######}");
}
