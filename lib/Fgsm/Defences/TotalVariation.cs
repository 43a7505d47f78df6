namespace Fgsm.Defences;

/// <summary>
/// Total variation denoising: of all images u the one with the least |u - x|^2 / 2 + weight * TV(u), where TV sums the lengths of the
/// differences to the right and lower neighbours. Flat places become flat, edges stay.
/// Rudin, Osher, Fatemi, "Nonlinear total variation based noise removal algorithms", 1992; solved by Chambolle, "An algorithm for total
/// variation minimization and applications", 2004, section 3. As a defence: Guo, Rana, Cisse, van der Maaten, "Countering Adversarial
/// Images using Input Transformations", 2018, https://arxiv.org/abs/1711.00117, section 4.2.
/// <c>[N, C, H, W]</c> to the same shape, each channel for itself.
/// </summary>
/// <remarks>Guo and others also drop pixels at random before they denoise; this layer does not.</remarks>
public sealed class TotalVariation : nn.Module<Tensor, Tensor>
{
    private const double Step = 0.125;
    private readonly double weight;
    private readonly int iterations;

    /// <param name="weight">How much smoothness counts, above 0; 0.1 flattens changes of about 0.1.</param>
    /// <param name="iterations">Of Chambolle's algorithm, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0 and finite, or there are no iterations.</exception>
    public TotalVariation(double weight = 0.1, int iterations = 50) : base("TotalVariation")
    {
        if (weight is not > 0 || !double.IsFinite(weight))
            throw new ArgumentOutOfRangeException(
                nameof(weight), FormattableString.Invariant($"TotalVariation: weight must be above 0 and finite, got {weight}"));
        if (iterations < 1)
            throw new ArgumentOutOfRangeException(nameof(iterations), $"TotalVariation: iterations must be 1 or more, got {iterations}");
        (this.weight, this.iterations) = (weight, iterations);
    }

    public override Tensor forward(Tensor input)
    {
        var (down, right) = (zeros_like(input), zeros_like(input));
        for (var i = 0; i < iterations; i++)
        {
            // A step makes twenty tensors and keeps two.
            using var scope = NewDisposeScope();
            var residue = Divergence(down, right) - input / weight;
            var (dy, dx) = (Difference(residue, 2), Difference(residue, 3));
            var length = (dy.square() + dx.square()).sqrt() * Step + 1;
            down = ((down + dy * Step) / length).MoveToOuterDisposeScope();
            right = ((right + dx * Step) / length).MoveToOuterDisposeScope();
        }
        return input - Divergence(down, right) * weight;
    }

    /// <summary>Each place's next value less its own; 0 at the end.</summary>
    private static Tensor Difference(Tensor t, long dim)
    {
        var last = t.shape[dim] - 1;
        return cat([t.narrow(dim, 1, last) - t.narrow(dim, 0, last), zeros_like(t.narrow(dim, last, 1))], dim);
    }

    /// <summary>What is adjoint to the negative differences.</summary>
    private static Tensor Divergence(Tensor down, Tensor right) => Backward(down, 2) + Backward(right, 3);

    private static Tensor Backward(Tensor t, long dim)
    {
        var last = t.shape[dim] - 1;
        var (inner, none) = (t.narrow(dim, 0, last), zeros_like(t.narrow(dim, last, 1)));
        return cat([inner, none], dim) - cat([none, inner], dim);
    }
}
