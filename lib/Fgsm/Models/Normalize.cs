namespace Fgsm.Models;

/// <summary>
/// (x - mean) / std, channel by channel, as torchvision.transforms.Normalize. As a model's first layer it lets every attack work
/// on pixels of [0,1]: an eps given in normalised units is eps * std in pixels. <c>[N, C, H, W]</c> to the same shape.
/// </summary>
/// <example><c>nn.Sequential(("normalize", new Normalize([0.1307], [0.3081])), ("cnn", Cnn.ReportE()))</c></example>
public sealed class Normalize : nn.Module<Tensor, Tensor>
{
    private readonly float[] mean, std;

    /// <param name="mean">One for each channel, in pixels of [0,1].</param>
    /// <param name="std">One for each channel, above 0.</param>
    /// <exception cref="ArgumentException">There are not as many of one as of the other, or none, or they are not finite, or an std is not above 0.</exception>
    public Normalize(IReadOnlyList<double> mean, IReadOnlyList<double> std) : base("Normalize")
    {
        (this.mean, this.std) = ([.. mean.Select(m => (float)m)], [.. std.Select(s => (float)s)]);
        if (mean.Count == 0 || mean.Count != std.Count || !this.mean.All(float.IsFinite) || !this.std.All(s => s > 0 && float.IsFinite(s)))
            throw new ArgumentException($"Normalize: expected a finite mean and an std above 0 for each channel, got mean [{List(this.mean)}] and std [{List(this.std)}]");
    }

    /// <summary>One for each channel, in pixels of [0,1], as is <see cref="Std"/>.</summary>
    internal IReadOnlyList<float> Mean => mean;
    internal IReadOnlyList<float> Std => std;

    /// <exception cref="ArgumentException">The images have another number of channels.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.ndim != 4 || input.shape[1] != mean.Length)
            throw new ArgumentException($"Normalize: expected images [N, {mean.Length}, H, W], got [{string.Join(", ", input.shape)}]");
        long[] channels = [1, mean.Length, 1, 1];
        return (input - tensor(mean, channels).to(input.device)) / tensor(std, channels).to(input.device);
    }

    private static string List(float[] values) => string.Join(", ", values.Select(v => FormattableString.Invariant($"{v}")));
}
