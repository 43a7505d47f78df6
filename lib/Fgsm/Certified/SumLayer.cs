namespace Fgsm.Certified;

/// <summary>The sum of two halves: where a residual block ends. Coefficients are not rounded.</summary>
internal sealed record SumLayer(int Size) : Layer(2 * Size, Size)
{
    public override bool IsAffine => true;

    public override Box Propagate(Box input)
    {
        var (low, high) = (new double[Size], new double[Size]);
        for (var i = 0; i < Size; i++)
        {
            low[i] = Math.BitDecrement(input.Low[i] + input.Low[Size + i]);
            high[i] = Math.BitIncrement(input.High[i] + input.High[Size + i]);
        }
        return new(low, high);
    }

    public override void Back(LinearBound bound, Box input)
    {
        var from = bound.MoveTo(2 * Size);
        from.CopyTo(bound.Coefficients);
        from.CopyTo(bound.Coefficients[Size..]);
    }
}
