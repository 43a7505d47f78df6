namespace Fgsm.Attacks;

/// <summary>The best adversarial image found so far for each image of a batch: the one nearest to it.</summary>
internal sealed class SmallestChange(Norm norm, Tensor x)
{
    /// <summary>The shape of x; x itself where none was found.</summary>
    public Tensor Images { get; } = x.clone();

    /// <summary>The length of each change, <c>[N]</c>; infinite where none was found.</summary>
    public Tensor Length { get; } = full_like(norm.Length(x), float.PositiveInfinity);

    /// <summary>Keeps those images that fool the model with a smaller change than before.</summary>
    /// <param name="fooled">bool, <c>[N]</c>.</param>
    public void Offer(Tensor adversarial, Tensor fooled)
    {
        var length = norm.Length(adversarial - x);
        var better = fooled.logical_and(length.lt(Length));
        Images.copy_(where(Norm.PerImage(better, x), adversarial, Images));
        Length.copy_(where(better, length, Length));
    }
}
