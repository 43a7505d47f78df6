using System.Globalization;

namespace Fgsm.Evaluation;

/// <summary>What users of attack libraries most often get wrong, one line each: what, where, what to do. They never stop a run.</summary>
public static class Warnings
{
    /// <summary>More than this between FGSM and PGD is worth a warning: PGD is the stronger attack, so some is to be expected.</summary>
    private const double PartingPoints = 10;

    /// <summary>An accuracy may rise by so much with eps before it is worth a warning: a few images more or less.</summary>
    private const double RisingPoints = 1;

    /// <summary>Auto-attack's own limit for its flag of Square.</summary>
    private const double BlindPoints = 0.2;

    private const int RangeBatchSize = 1000;

    /// <summary>The next two together; an empty list is the good case.</summary>
    /// <param name="trainedOnIt">Whether the model was trained on examples of the sweep's attack.</param>
    public static IReadOnlyList<string> Of(nn.Module<Tensor, Tensor> model, TensorSet data, EpsSweep sweep, bool trainedOnIt = false) =>
        [.. Of(model, data), .. Of(sweep, trainedOnIt)];

    /// <summary>Before an attack: the model's mode and outputs, the pixels and the labels.</summary>
    public static IReadOnlyList<string> Of(nn.Module<Tensor, Tensor> model, TensorSet data)
    {
        using var scope = NewDisposeScope();
        var warnings = new List<string>();
        if (model.modules().Prepend(model).Any(m => m.training))
            warnings.Add("The model is in training mode: dropout is random there, and gradients and predictions with it. Call model.eval() before you evaluate it; this library's attacks do so themselves.");
        var ranges = data.Batches(data.Fitting(RangeBatchSize), null, "", default).Select(batch => batch.Images)
            .Select(x => (Min: x.min().ToSingle(), Max: x.max().ToSingle())).ToList();
        var (min, max) = (ranges.Min(range => range.Min), ranges.Max(range => range.Max));
        if (!(min >= 0 && max <= 1))
            warnings.Add(FormattableString.Invariant($"Pixels run from {min} to {max}, not within [0, 1]: eps is in the units of the pixels. Scale the images to [0, 1] and make a normalisation the model's first layer."));

        var logits = Logits(model, data);
        if (!allclose(logits, Logits(model, data), rtol: 1e-4, equal_nan: true))
            warnings.Add("The model gives other logits when asked again, in eval mode: it draws random numbers. A gradient of one draw says little of the next; average the gradients of many draws (EOT).");
        if (AreProbabilities(logits))
            warnings.Add("The model ends in probabilities, not logits: cross-entropy applies softmax itself, so that the gradient shrinks or vanishes and the attack looks weak. Remove the model's softmax.");

        var (classes, first, last) = (logits.shape[^1], data.Labels.min().item<long>(), data.Labels.max().item<long>());
        if (first < 0 || last >= classes)
            warnings.Add($"Labels run from {first} to {last}, but the model has the classes 0 to {classes - 1}.");
        return warnings;
    }

    /// <summary>After any prediction: logits that are not finite.</summary>
    /// <param name="what">What was predicted, for instance "without attack".</param>
    public static IReadOnlyList<string> Of(Predictions predictions, string what = "without attack") => predictions.NonFinite == 0 ? []
        : [FormattableString.Invariant($"{predictions.NonFinite:#,0} of {predictions.Count:#,0} images have logits that are NaN or infinite {what}; they count as wrong. The training has diverged, or a layer overflows: train again with a lower learning rate.")];

    /// <summary>After a search for the smallest eps: logits that are not finite.</summary>
    public static IReadOnlyList<string> Of(SmallestEps found) => Of(found.Clean);

    /// <summary>After an attack: logits and gradients that are not finite, zero gradients, accuracies that cannot be, labels that do not match.</summary>
    /// <param name="trainedOnIt">Whether the model was trained on examples of the sweep's attack.</param>
    public static IReadOnlyList<string> Of(EpsSweep sweep, bool trainedOnIt = false)
    {
        List<string> warnings = [.. Of(sweep.Clean), .. sweep.Points.SelectMany(point => Of(point.Attacked, FormattableString.Invariant($"at eps {point.Eps:0.####}")))];
        if (sweep.NonFiniteGradients > 0)
            warnings.Add(FormattableString.Invariant($"{sweep.NonFiniteGradients:#,0} of {sweep.Clean.Count:#,0} images have a gradient with a NaN or an infinity: their attack means nothing. Look for a layer that overflows or divides by 0."));
        var (clean, classes) = (sweep.Clean, 1 + sweep.Clean.Labels.Concat(sweep.Clean.Predicted).Max());
        // A guess is right once in so many classes; three standard deviations are the luck of few images.
        var guess = 1.0 / classes;
        var luck = 3 * Math.Sqrt(guess * (1 - guess) / clean.Count);
        if (clean.Accuracy <= 100 * (guess + luck))
            warnings.Add(FormattableString.Invariant($"The clean accuracy of {clean.Accuracy:0.00} % is no better than guessing among {classes} classes: the labels may not match the images (another order, classes counted from 1), or the model is untrained."));
        if (sweep.ZeroGradients > 0)
            warnings.Add(FormattableString.Invariant($"{sweep.ZeroGradients:0.00} % of the images have a gradient of 0 everywhere: FGSM leaves them as they are, so the robust accuracy may be too high by as many points. Their loss has reached 0 in float32, or the model hides its gradients."));
        if (sweep.Points.Where(p => p.RobustAccuracy > clean.Accuracy).ToArray() is { Length: > 0 } helped)
        {
            var where = FormattableString.Invariant($"At eps {string.Join(", ", helped.Select(p => p.Eps.ToString("0.####", CultureInfo.InvariantCulture)))} the accuracy under attack, up to {helped.Max(p => p.RobustAccuracy):0.00} %, is above the clean accuracy, {clean.Accuracy:0.00} %: ");
            // Kurakin, Goodfellow and Bengio found it in models trained on one-step examples: the perturbation gives the label away.
            warnings.Add(where + (trainedOnIt
                ? "label leaking (Kurakin, Goodfellow, Bengio, 2017, https://arxiv.org/abs/1611.01236). A model trained on such examples learns to read the label off the perturbation; its accuracy under this attack is no robustness."
                : "an attack that helps the model goes the wrong way. Check the sign of the step and the labels."));
        }
        return warnings;
    }

    /// <summary>After a check with small steps: the FGSM figure that overstates a model's robustness.</summary>
    /// <param name="fgsm">A point of a sweep.</param>
    /// <param name="pgd">Predictions under PGD at the same eps, of the same images or of the first of them.</param>
    public static IReadOnlyList<string> Of(EpsPoint fgsm, Predictions pgd)
    {
        var (one, many, clean) = (fgsm.Attacked.Take(pgd.Count).Accuracy, pgd.Accuracy, fgsm.Clean.Take(pgd.Count).Accuracy);
        if (one - many <= PartingPoints)
            return [];
        // Wong, Rice and Kolter found it as a sudden loss of all robustness to PGD while that to FGSM stayed or rose.
        var overfitted = one > clean / 2 && many < one / 2;
        return [FormattableString.Invariant($"At eps {fgsm.Eps:0.####} the accuracy under FGSM, {one:0.00} %, is {one - many:0.00} points above that under PGD, {many:0.00} %, on the same images: ")
            + (overfitted
                ? "catastrophic overfitting (Wong, Rice, Kolter, 2020, https://arxiv.org/abs/2001.03994). The model has learned to withstand FGSM's one step and little else; train on PGD examples or at a smaller eps, and do not quote the FGSM figure as robustness."
                : "one long step misses what small steps find. Quote the PGD figure as robustness.")];
    }

    /// <summary>
    /// After several attacks: logits that are not finite, an accuracy that rises with eps, and an attack without gradients that beats
    /// those with.
    /// </summary>
    public static IReadOnlyList<string> Of(AttackSuite suite)
    {
        List<string> warnings = [.. Of(suite.Clean), .. suite.Outcomes.SelectMany(o => Of(o.Attacked, $"under {o.Settings}"))];
        foreach (var kind in suite.Outcomes.Where(o => o.Eps is not null).GroupBy(o => (o.Attack, o.Norm)))
            foreach (var (smaller, larger) in kind.OrderBy(o => o.Eps).Zip(kind.OrderBy(o => o.Eps).Skip(1)))
                if (larger.RobustAccuracy > smaller.RobustAccuracy + RisingPoints)
                    warnings.Add(FormattableString.Invariant($"{larger.Attack} leaves {larger.RobustAccuracy:0.00} % at eps {larger.Eps:0.####}, more than the {smaller.RobustAccuracy:0.00} % at {smaller.Eps:0.####}: whatever fools the model at the smaller eps does so at the larger. The attack overshoots; take smaller steps, or more of them."));
        foreach (var blind in suite.Outcomes.Where(o => o.Gradients == 0))
        {
            var seeing = suite.Outcomes.Where(o => o.Gradients > 0 && (o.Norm, o.Eps) == (blind.Norm, blind.Eps)).Select(o => o.RobustAccuracy).DefaultIfEmpty().Min();
            if (blind.RobustAccuracy < seeing - BlindPoints)
                warnings.Add(FormattableString.Invariant($"At eps {blind.Eps:0.####} {blind.Attack}, which asks for no gradient, leaves {blind.RobustAccuracy:0.00} %, less than the {seeing:0.00} % that gradients leave: the model hides its gradients. Quote the smaller figure, and attack it with more queries or an adaptive attack."));
        }
        return warnings;
    }

    private static Tensor Logits(nn.Module<Tensor, Tensor> model, TensorSet data)
    {
        using var scope = NewDisposeScope();
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        var first = data.Range(0, Math.Min(data.Count, 100));
        return cat([.. first.Batches(data.Fitting(100), null, "", default).Select(batch => model.call(batch.Images).MoveToOuterDisposeScope())])
            .MoveToOuterDisposeScope();
    }

    // Logits would have to be not negative AND sum to 1 for every image.
    private static bool AreProbabilities(Tensor outputs) =>
        outputs.min().ToSingle() >= 0 && (outputs.sum(1) - 1).abs().max().ToSingle() < 1e-3;
}
