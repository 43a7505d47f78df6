namespace Fgsm.Attacks;

/// <summary>
/// An attack that looks for the smallest change that fools the model, instead of any change within a given eps. An image that it
/// cannot turn, or that is wrong already, stays as it is.
/// </summary>
public abstract class MinimalAttack : AdversarialAttack
{
    private readonly Norm norm = Norm.L2;

    /// <summary>What is made small; L2 unless said otherwise.</summary>
    /// <exception cref="NotSupportedException">The attack does not know this norm.</exception>
    public Norm Norm
    {
        get => norm;
        init => norm = Norms.Contains(value) ? value
            : throw new NotSupportedException($"{GetType().Name}: the norm {value} is not supported; choose {string.Join(" or ", Norms)}");
    }

    private protected abstract IReadOnlyList<Norm> Norms { get; }
}
