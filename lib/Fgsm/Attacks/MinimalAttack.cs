namespace Fgsm.Attacks;

/// <summary>
/// An attack that looks for the smallest change that fools the model, instead of any change within a given eps. An image that it
/// cannot turn, or that is wrong already, stays as it is.
/// </summary>
public abstract class MinimalAttack : AdversarialAttack
{
    /// <inheritdoc/>
    protected override IReadOnlyList<Norm> Norms => [Norm.L2, Norm.LInf];
}
