namespace Fgsm.Defences;

/// <summary>
/// EOT, expectation over transformation: the mean log-probability of a network that draws random numbers, over several draws. Its
/// gradient is the mean gradient, and an attack on it finds what fools most draws: <c>new CraftedOn(new Expectation(model), attack)</c>.
/// Athalye, Engstrom, Ilyas, Kwok, "Synthesizing Robust Adversarial Examples", 2018, https://arxiv.org/abs/1707.07397, equation 1.
/// <c>[N, C, H, W]</c> to <c>[N, classes]</c>.
/// </summary>
public sealed class Expectation : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> model;
    private readonly int draws;

    /// <param name="model">Gives logits, which differ from call to call.</param>
    /// <param name="draws">How often it is called for one gradient, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no draws.</exception>
    public Expectation(nn.Module<Tensor, Tensor> model, int draws = 10) : base("Expectation")
    {
        if (draws < 1)
            throw new ArgumentOutOfRangeException(nameof(draws), $"Expectation: draws must be 1 or more, got {draws}");
        (this.model, this.draws) = (model, draws);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var sum = nn.functional.log_softmax(model.call(input), 1);
        for (var i = 1; i < draws; i++)
            sum = sum + nn.functional.log_softmax(model.call(input), 1);
        return sum / (float)draws;
    }
}
