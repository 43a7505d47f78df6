namespace Fgsm.Evaluation;

/// <summary>A model that counts the images it is asked for. It owns nothing.</summary>
internal sealed class CountingModel : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> model;

    public CountingModel(nn.Module<Tensor, Tensor> model) : base("Counting") => this.model = model;

    /// <summary>Images predicted, and those of them whose gradient could be asked for.</summary>
    public long Forwards { get; private set; }

    /// <inheritdoc cref="Forwards"/>
    public long Gradients { get; private set; }

    public override Tensor forward(Tensor input)
    {
        Forwards += input.shape[0];
        if (input.requires_grad)
            Gradients += input.shape[0];
        return model.call(input);
    }
}
