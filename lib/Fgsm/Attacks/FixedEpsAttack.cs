namespace Fgsm.Attacks;

/// <summary>An attack that takes any change up to a given length.</summary>
public abstract class FixedEpsAttack : AdversarialAttack
{
    /// <param name="eps">The largest change, in pixels of [0,1] for L-infinity; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative, NaN, or infinite in float32.</exception>
    protected FixedEpsAttack(double eps) => Eps = RequireDistance(eps);

    /// <summary>The largest change, in the units of <see cref="AdversarialAttack.Norm"/>.</summary>
    public double Eps { get; }

    /// <inheritdoc/>
    internal override void Require(Tensor x, Tensor y)
    {
        base.Require(x, y);
        if (Norm == Norm.LInf && Eps > Bounds.Max - Bounds.Min)
            throw new ArgumentException(FormattableString.Invariant(
                $"{GetType().Name}: eps {Eps} is more than the whole range of pixels, {Bounds.Min} to {Bounds.Max}")
                + "; eps is in the same units, for instance 8 / 255.0 in [0,1]");
    }

    /// <summary>Eps as a tensor for <see cref="Norm.Project"/>: the largest float that is not above it.</summary>
    private protected Tensor EpsFor(Tensor x)
    {
        var eps = (float)Eps;
        return tensor(eps > Eps ? MathF.BitDecrement(eps) : eps).to(x.device);
    }
}
