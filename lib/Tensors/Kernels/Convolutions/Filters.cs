namespace Fgsm.Tensors.Kernels.Convolutions;

/// <summary>A convolution's weight, <c>[O, C, KH, KW]</c>, or filters made of it; the caller keeps it alive.</summary>
internal readonly unsafe struct Filters
{
    // The weight that forms are kept with, if any, and whether these are its filters turned by 180 degrees.
    private readonly torch.Tensor? weight;
    private readonly bool turned;

    private Filters(float* data, torch.Tensor? weight, bool turned)
    {
        Data = data;
        (this.weight, this.turned) = (weight, turned);
    }

    public float* Data { get; }

    public static implicit operator Filters(torch.Tensor weight) => new(weight.Floats, weight, turned: false);

    /// <summary>Those of a group, which begin with a number of the weight.</summary>
    public Filters From(int start) => start == 0 ? this : new(Data + start, null, turned);

    /// <summary>The same filters turned by 180 degrees, as <paramref name="data"/>.</summary>
    public Filters Turned(float* data) => new(data, weight, turned: true);

    /// <summary>A form that is kept with the weight: see <see cref="KeptForms"/>.</summary>
    /// <param name="form">"winograd", "turned".</param>
    /// <param name="shape">Of the convolution whose filters these are.</param>
    public float* Kept(string form, Convolution shape, int length, Action<nint> make) => weight is null ? null
        : KeptForms.Find(weight, new(form, weight.Offset, shape.Filters, shape.Channels, shape.Kernel, turned), length, make);
}
