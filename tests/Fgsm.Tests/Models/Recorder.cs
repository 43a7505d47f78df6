namespace Fgsm.Tests;

/// <summary>A model that notes how it is called.</summary>
internal sealed class Recorder : nn.Module<Tensor, Tensor>
{
    /// <param name="Input">The pixels.</param>
    /// <param name="Count">The number of images.</param>
    /// <param name="Training">The mode.</param>
    /// <param name="WantsGradient">The input asked for a gradient: an attack's call.</param>
    /// <param name="GradientsOn">A gradient graph was recorded.</param>
    public sealed record Call(float[] Input, int Count, bool Training, bool WantsGradient, bool GradientsOn);

    private readonly nn.Module<Tensor, Tensor> inner;

    public Recorder(nn.Module<Tensor, Tensor> inner) : base("Recorder")
    {
        this.inner = inner;
        RegisterComponents();
    }

    public List<Call> Calls { get; } = [];

    /// <summary>Runs before the model does, for each call noted.</summary>
    public Action<Call>? OnCall { get; set; }

    public IEnumerable<Call> Training => Calls.Where(c => c.Training);
    public IEnumerable<Call> Evaluation => Calls.Where(c => !c.Training);

    public override Tensor forward(Tensor input)
    {
        var call = new Call(input.Floats(), (int)input.shape[0], training, input.requires_grad, is_grad_enabled());
        Calls.Add(call);
        OnCall?.Invoke(call);
        return inner.call(input);
    }
}
