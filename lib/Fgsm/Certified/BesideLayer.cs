namespace Fgsm.Certified;

/// <summary>A layer of one branch of a residual block; the values of the other, before or after its own, stay as they are.</summary>
/// <param name="Before">How many values lie before.</param>
/// <param name="Inner">The layer.</param>
/// <param name="After">How many values lie after.</param>
internal sealed record BesideLayer(int Before, Layer Inner, int After)
    : Layer(Before + Inner.Inputs + After, Before + Inner.Outputs + After)
{
    public override bool IsAffine => Inner.IsAffine;

    public override bool IsRelu => Inner.IsRelu;

    public override bool IsUndecided(Box input, int value) =>
        value >= Before && value < Before + Inner.Inputs && Inner.IsUndecided(input, value);

    public override Box Propagate(Box input)
    {
        var (low, high) = Inner.Propagate(Part(input));
        return new([.. input.Low[..Before], .. low, .. input.Low[^After..]], [.. input.High[..Before], .. high, .. input.High[^After..]]);
    }

    public override void Back(LinearBound bound, Box input)
    {
        bound.Enter(Before, After);
        Inner.Back(bound, Part(input));
        bound.Leave(Before, After);
    }

    private Box Part(Box input) => new(input.Low[Before..(Before + Inner.Inputs)], input.High[Before..(Before + Inner.Inputs)]);
}
