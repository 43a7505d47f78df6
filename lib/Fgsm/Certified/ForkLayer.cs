namespace Fgsm.Certified;

/// <summary>All values twice, one after the other: where a residual block begins.</summary>
internal sealed record ForkLayer(int Size) : Layer(Size, 2 * Size)
{
    public override bool IsAffine => true;

    public override Box Propagate(Box input) => new([.. input.Low, .. input.Low], [.. input.High, .. input.High]);

    /// <summary>A sum of two coefficients is rounded once, which costs at most u times itself, times |z|.</summary>
    public override void Back(LinearBound bound, Box input)
    {
        var from = bound.MoveTo(Size);
        var to = bound.Coefficients;
        for (var i = 0; i < Size; i++)
        {
            to[i] = from[i] + from[Size + i];
            bound.AddError(LinearBound.Unit * Math.Abs(to[i]) * Math.Max(-input.Low[i], input.High[i]));
        }
    }
}
