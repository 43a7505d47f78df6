namespace Fgsm.Attacks;

/// <summary>The range of valid pixels, which adversarial images keep to.</summary>
public readonly record struct Bounds(double Min, double Max)
{
    /// <summary>[0, 1].</summary>
    public static Bounds Unit => new(0, 1);

    internal void Require(Tensor x)
    {
        if (x.numel() > 0 && !(x.min().ToSingle() >= (float)Min && x.max().ToSingle() <= (float)Max))
            throw new ArgumentException(FormattableString.Invariant($"x has pixels from {x.min().ToSingle()} to {x.max().ToSingle()}, outside the bounds {Min} to {Max}; eps is in the same units, so scale the images first"));
    }
}
