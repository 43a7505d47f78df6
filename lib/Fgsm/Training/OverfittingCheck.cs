namespace Fgsm.Training;

/// <summary>
/// Looks for catastrophic overfitting after each epoch of adversarial training: the network has learned to be right about FGSM's images
/// and nothing else, so that its accuracy under PGD collapses while that under FGSM rises. An epoch has collapsed when PGD leaves less
/// than half of what FGSM leaves, and FGSM leaves no less than after the last epoch that had not collapsed.
/// Wong, Rice, Kolter, "Fast is better than free: Revisiting adversarial training", 2020, https://arxiv.org/abs/2001.03994, section 5.4.
/// A look costs <paramref name="steps"/> + 1 gradients of each held-out image.
/// </summary>
/// <param name="heldOut">Some hundred images that are not trained on.</param>
/// <param name="eps">The strength that is trained against, in pixels of [0,1].</param>
/// <param name="steps">Of PGD, each eps / 4 long; 1 or more.</param>
/// <example>
/// <c>new Trainer(model, optimizer, new AdversarialExamples(new FGSM(eps), 1)) { Overfitting = new OverfittingCheck(heldOut, eps) }</c>
/// </example>
public sealed class OverfittingCheck(TensorSet heldOut, double eps, int steps = 10)
{
    private readonly List<(double Fgsm, double Pgd)> epochs = [];
    private Dictionary<string, Tensor>? good;
    private double goodFgsm;

    /// <summary>End the training at the first collapse, with the weights of the last good epoch; else it only warns.</summary>
    public bool Stop { get; init; } = true;

    /// <summary>Held-out accuracy under FGSM and PGD after each epoch so far, in percent.</summary>
    public IReadOnlyList<(double Fgsm, double Pgd)> Epochs => epochs;

    /// <summary>The last good epoch, from 1; 0 while there is none.</summary>
    public int LastGood { get; private set; }

    /// <summary>What was seen, in one line; null where nothing has collapsed.</summary>
    public string? Warning { get; private set; }

    /// <summary>Forgets an earlier training.</summary>
    internal void Reset()
    {
        (LastGood, goodFgsm, Warning) = (0, 0, null);
        epochs.Clear();
    }

    /// <summary>One look at the model after an epoch; puts the last good weights back where the training is to end.</summary>
    /// <returns>Whether the training ends here: it has collapsed, <see cref="Stop"/> is on, and an earlier epoch was good.</returns>
    internal bool Ends(nn.Module<Tensor, Tensor> model)
    {
        var fgsm = Predictions.Under(new FGSM(eps), model, heldOut).Accuracy;
        var pgd = Predictions.Under(new PGD(eps, eps / 4, steps) { Seed = 0 }, model, heldOut).Accuracy;
        epochs.Add((fgsm, pgd));
        if (pgd >= fgsm / 2)
            Keep(model, fgsm);
        if (pgd >= fgsm / 2 || fgsm < goodFgsm)
            return false;
        Warning ??= FormattableString.Invariant(
            $"Catastrophic overfitting in epoch {epochs.Count}: of {heldOut.Count} held-out images {fgsm:0.0} % withstand FGSM, ")
            + FormattableString.Invariant($"{pgd:0.0} % PGD; the last good epoch is {(LastGood == 0 ? "none" : $"{LastGood}")}.");
        if (!Stop || LastGood == 0)
            return false;
        model.load_state_dict(good!);
        return true;
    }

    private void Keep(nn.Module<Tensor, Tensor> model, double fgsm)
    {
        foreach (var weights in good?.Values ?? Enumerable.Empty<Tensor>())
            weights.Dispose();
        good = model.state_dict().ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope());
        (LastGood, goodFgsm) = (epochs.Count, fgsm);
    }
}
