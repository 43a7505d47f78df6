namespace Fgsm.Attacks;

/// <summary>The range of valid pixels, which adversarial images keep to.</summary>
public readonly record struct Bounds(double Min, double Max)
{
    /// <summary>[0, 1].</summary>
    public static Bounds Unit => new(0, 1);

    /// <summary>
    /// Any number is a pixel, and nothing is clipped: for experiments that attack images after normalisation and leave them where
    /// they land. Such images are no pictures any more.
    /// </summary>
    public static Bounds None => new(double.NegativeInfinity, double.PositiveInfinity);

    internal void Require(Tensor x)
    {
        if (x.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var (min, max) = (x.min().ToSingle(), x.max().ToSingle());
        if (!(min >= (float)Min && max <= (float)Max))
            throw new ArgumentException(FormattableString.Invariant($"x has pixels from {min} to {max}, outside the bounds {Min} to {Max}; eps is in the same units, so scale the images first"));
    }
}
