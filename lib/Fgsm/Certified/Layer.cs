namespace Fgsm.Certified;

/// <summary>One layer of a network, on float64 arrays; images lie as <c>[H, W, C]</c>.</summary>
/// <param name="Inputs">The number of values that go in.</param>
/// <param name="Outputs">The number of values that come out.</param>
internal abstract record Layer(int Inputs, int Outputs)
{
    /// <summary>Whether the layer is affine, so that interval bounds behind it are worth tightening.</summary>
    public virtual bool IsAffine => false;

    /// <summary>Whether the layer has ReLUs, which branch and bound splits.</summary>
    public virtual bool IsRelu => false;

    /// <summary>
    /// Whether a tighter interval of this input would tighten the bounds of what follows; it depends on the interval of this value alone.
    /// </summary>
    public virtual bool IsUndecided(Box input, int value) => false;

    /// <summary>Interval bound propagation: a box that has all outputs of the inputs in a box.</summary>
    public abstract Box Propagate(Box input);

    /// <summary>
    /// Carries a lower bound in terms of this layer's outputs back to one in terms of its inputs, which holds for all inputs in a box.
    /// </summary>
    public abstract void Back(LinearBound bound, Box input);
}
