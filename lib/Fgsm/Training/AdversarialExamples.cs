using System.Globalization;
using Fgsm.Attacks;

namespace Fgsm.Training;

/// <summary>Adversarial training: a share of every batch is replaced by examples made afresh against the model as it is then.</summary>
public sealed record AdversarialExamples
{
    /// <param name="attack">Makes the examples, for instance <c>new FGSM(8 / 255.0)</c>.</param>
    /// <param name="share">The share of each batch, from 0 to 1: the last images of the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public AdversarialExamples(AdversarialAttack attack, double share = 0.5)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), $"AdversarialExamples: share must be from 0 to 1, got {share.ToString(CultureInfo.InvariantCulture)}");
        (Attack, Share) = (attack, share);
    }

    public AdversarialAttack Attack { get; }
    public double Share { get; }

    /// <summary>The batch with its last images attacked.</summary>
    internal Tensor Mix(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var clean = (int)x.shape[0] - (int)Math.Round(x.shape[0] * Share, MidpointRounding.AwayFromZero);
        return clean == x.shape[0] ? x : cat([x[..clean], Attack.Attack(model, x[clean..], y[clean..])]);
    }
}
