using System.Globalization;

namespace Fgsm.Training;

/// <summary>Adversarial training: a share of every batch is replaced by examples made afresh against the model as it is then.</summary>
public sealed class AdversarialExamples : CrossEntropy
{
    /// <param name="attack">Makes the examples, for instance <c>new FGSM(8 / 255.0)</c>.</param>
    /// <param name="share">The share of each batch, from 0 to 1: the last images of the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public AdversarialExamples(AdversarialAttack attack, double share = 0.5) : this([attack], share)
    {
    }

    /// <param name="attacks">Each makes an equal part of the examples of every batch, in this order: several strengths at once.</param>
    /// <param name="share">The share of each batch, from 0 to 1: the last images of the batch.</param>
    /// <exception cref="ArgumentException">There are no attacks, or one is targeted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public AdversarialExamples(IReadOnlyList<AdversarialAttack> attacks, double share = 0.5)
    {
        if (attacks.Count == 0)
            throw new ArgumentException("AdversarialExamples: expected at least one attack, got none", nameof(attacks));
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), $"AdversarialExamples: share must be from 0 to 1, got {share.ToString(CultureInfo.InvariantCulture)}");
        foreach (var attack in attacks)
            attack.RequireUntargeted(nameof(AdversarialExamples));
        (Attacks, Share) = (attacks, share);
    }

    public IReadOnlyList<AdversarialAttack> Attacks { get; }
    public double Share { get; }

    protected internal override (Tensor Loss, Tensor Logits) Loss(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y) =>
        base.Loss(model, Mix(model, x, y), y);

    /// <summary>The batch with its last images attacked.</summary>
    internal Tensor Mix(nn.Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        var attacked = (int)Math.Round(x.shape[0] * Share, MidpointRounding.AwayFromZero);
        var clean = (int)x.shape[0] - attacked;
        if (attacked == 0)
            return x;
        int Start(int part) => clean + attacked * part / Attacks.Count;
        return cat([x[..clean], .. Attacks.Select((attack, part) => attack.Attack(model, x[Start(part)..Start(part + 1)], y[Start(part)..Start(part + 1)]))]);
    }
}
