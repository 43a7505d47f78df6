namespace Fgsm.Defences;

/// <summary>
/// BPDA, backward pass differentiable approximation: forward it is the layer itself, bit by bit, backward it is the identity. In the
/// place of a layer without useful gradient (rounding, JPEG, a long iteration) it makes a surrogate that any attack can be run on,
/// since these layers give nearly what they get: <c>new CraftedOn(surrogate, attack)</c>.
/// Athalye, Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", 2018, https://arxiv.org/abs/1802.00420, section 4.1.
/// </summary>
public sealed class StraightThrough : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> layer;

    /// <param name="layer">From images to images of the same shape.</param>
    public StraightThrough(nn.Module<Tensor, Tensor> layer) : base("StraightThrough")
    {
        this.layer = layer;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor output;
        using (no_grad())
            output = layer.call(input);
        return (output.detach() + (input - input.detach())).MoveToOuterDisposeScope();
    }
}
