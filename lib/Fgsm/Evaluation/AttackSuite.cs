using System.Diagnostics;
using Microsoft.Data.Analysis;

namespace Fgsm.Evaluation;

/// <summary>Several attacks on one model: what each leaves of its accuracy, and what all together leave.</summary>
/// <param name="Clean">Predictions without attack.</param>
/// <param name="Outcomes">One for each attack, in the order given.</param>
/// <example><c>AttackSuite.Run(model, test.Range(0, 1000), [new FGSM(eps), new AutoAttack(eps)]).ToDataFrame()</c></example>
public sealed record AttackSuite(Predictions Clean, IReadOnlyList<AttackOutcome> Outcomes)
{
    /// <summary>Runs each attack on all images, batch by batch.</summary>
    /// <param name="attacks">Attacks with a <see cref="AdversarialAttack.Seed"/> give the same for any batch size.</param>
    /// <param name="keep">
    /// A file that keeps what each batch gave, so that a run that was stopped goes on from there; null keeps nothing. What was measured
    /// with other weights, images, options or code is measured again.
    /// </param>
    /// <param name="progress">Told after each batch, under the attack's name and eps.</param>
    /// <exception cref="ArgumentException">An attack is targeted: the set's labels are no targets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no images in a batch.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; what is done is kept.</exception>
    public static AttackSuite Run(nn.Module<Tensor, Tensor> model, TensorSet data, IReadOnlyList<AdversarialAttack> attacks,
        int batchSize = 250, string? keep = null, IProgress<Progress>? progress = null, CancellationToken cancellation = default)
    {
        var clean = Predictions.Of(model, data);
        var kept = keep is null ? null : new KeptBatches(
            keep, TrainingKey.Digest(new object?[] { TrainingKey.Code, TrainingKey.Modules(model), model.state_dict() }));
        return new(clean, [.. attacks.Select(attack => Run(model, data, clean, attack, batchSize, kept, progress, cancellation))]);
    }

    /// <summary>
    /// The same with one attack at several eps, the largest first: an image that withstands a larger eps withstands a smaller one, so
    /// that each attack is run only on the images that fell to the one before. A strong attack costs most on images that it cannot turn.
    /// </summary>
    /// <param name="attacks">The same attack, each with its eps; the outcomes are in this order.</param>
    /// <inheritdoc cref="Run(nn.Module{Tensor, Tensor}, TensorSet, IReadOnlyList{AdversarialAttack}, int, string?, IProgress{Progress}?, CancellationToken)"/>
    public static AttackSuite RunNested(nn.Module<Tensor, Tensor> model, TensorSet data, IReadOnlyList<FixedEpsAttack> attacks,
        int batchSize = 250, string? keep = null, IProgress<Progress>? progress = null, CancellationToken cancellation = default)
    {
        var clean = Predictions.Of(model, data);
        long[] fallen = [.. Enumerable.Range(0, data.Count).Where(clean.IsCorrect)];
        var outcomes = new Dictionary<FixedEpsAttack, AttackOutcome>();
        foreach (var attack in attacks.OrderByDescending(attack => attack.Eps))
        {
            AttackOutcome Attacked() => Run(
                model, data.Take(tensor(fallen).to(data.Labels.device)), [attack], batchSize, keep, progress, cancellation).Outcomes[0];
            var part = fallen.Length == 0 ? null : Attacked();
            outcomes[attack] = OfAll(attack, clean, fallen, part);
            fallen = [.. fallen.Where((_, i) => !part!.Attacked.IsCorrect(i))];
        }
        return new(clean, [.. attacks.Select(attack => outcomes[attack])]);
    }

    /// <summary>An outcome of some of the images as one of all: the others are as without attack.</summary>
    private static AttackOutcome OfAll(FixedEpsAttack attack, Predictions clean, long[] images, AttackOutcome? part)
    {
        long[] predicted = [.. clean.Predicted];
        float[] confidence = [.. clean.Confidence];
        var lengths = new float[clean.Count];
        foreach (var (i, image) in images.Index())
            (predicted[image], confidence[image], lengths[image]) =
                (part!.Attacked.Predicted[i], part.Attacked.Confidence[i], part.Lengths[i]);
        return new(attack.GetType().Name, attack.ToString()!, attack.Norm, attack.Eps, clean, new([.. clean.Labels], predicted, confidence),
            lengths, part?.Forwards ?? 0, part?.Gradients ?? 0, part?.Duration ?? TimeSpan.Zero);
    }

    private static AttackOutcome Run(nn.Module<Tensor, Tensor> model, TensorSet data, Predictions clean, AdversarialAttack attack,
        int batchSize, KeptBatches? kept, IProgress<Progress>? progress, CancellationToken cancellation)
    {
        attack.RequireUntargeted(nameof(AttackSuite));
        var parts = new List<AttackedBatch>();
        using var views = NewDisposeScope();
        var name = attack.GetType().Name;
        var title = attack is FixedEpsAttack { Eps: var eps } ? FormattableString.Invariant($"{name} at {eps:0.####}") : name;
        foreach (var batch in data.Batches(batchSize, progress, title, cancellation))
            parts.Add(kept is null ? Attack(model, batch, attack) : kept.GetOrAdd(Key(attack, batch), () => Attack(model, batch, attack)));
        return new(name, attack.ToString()!, attack.Norm, (attack as FixedEpsAttack)?.Eps, clean,
            new([.. clean.Labels], [.. parts.SelectMany(p => p.Predicted)], [.. parts.SelectMany(p => p.Confidence)]),
            [.. parts.SelectMany(p => p.Lengths)], parts.Sum(p => p.Forwards), parts.Sum(p => p.Gradients),
            TimeSpan.FromSeconds(parts.Sum(p => p.Seconds)));
    }

    /// <summary>
    /// The attack's code and all of its options, which its ToString need not tell, and the images. The code of a notebook's cell is
    /// another in each run of the notebook.
    /// </summary>
    private static string Key(AdversarialAttack attack, TensorSet batch)
    {
        object?[] all = [TrainingKey.Own(attack), batch.Pixels, batch.Labels];
        return TrainingKey.Digest(all);
    }

    private static AttackedBatch Attack(nn.Module<Tensor, Tensor> model, TensorSet batch, AdversarialAttack attack)
    {
        var (images, labels) = batch;
        var (counting, clock) = (new CountingModel(model), Stopwatch.StartNew());
        using var eval = model.InEvalMode();
        var adversarial = attack.Attack(counting, images, labels);
        var seconds = clock.Elapsed.TotalSeconds;
        var predictions = Predictions.Of(model, batch with { Images = adversarial });
        return new(predictions.Predicted, predictions.Confidence, attack.Norm.Length(adversarial - images).cpu().data<float>().ToArray(),
            counting.Forwards, counting.Gradients, seconds);
    }

    /// <summary>Whether an image is right under every attack and without.</summary>
    public bool IsStanding(int image) => Clean.IsCorrect(image) && Outcomes.All(o => o.Attacked.IsCorrect(image));

    /// <summary>The share of all images that no attack turns, in percent: the worst case of each image over all attacks.</summary>
    public double WorstCase => 100.0 * Enumerable.Range(0, Clean.Count).Count(IsStanding) / Clean.Count;

    /// <summary>
    /// A row for each attack: attack, norm, eps (empty for a search for the smallest change), robust_accuracy with the low and high end
    /// of its 95 % Wilson interval (percent), median_length (empty where half of the images are never turned), forwards and gradients
    /// (an image), seconds.
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var intervals = Outcomes.Select(o => Interval.Wilson(o.RobustAccuracy, o.Clean.Count)).ToList();
        return new(
            new StringDataFrameColumn("attack", Outcomes.Select(o => o.Attack)),
            new StringDataFrameColumn("norm", Outcomes.Select(o => o.Norm.ToString())),
            new DoubleDataFrameColumn("eps", Outcomes.Select(o => o.Eps)),
            new DoubleDataFrameColumn("robust_accuracy", Outcomes.Select(o => o.RobustAccuracy)),
            new DoubleDataFrameColumn("low", intervals.Select(i => i.Low)),
            new DoubleDataFrameColumn("high", intervals.Select(i => i.High)),
            new DoubleDataFrameColumn(
                "median_length", Outcomes.Select(o => double.IsFinite(o.MedianLength) ? o.MedianLength : (double?)null)),
            new DoubleDataFrameColumn("forwards", Outcomes.Select(o => (double)o.Forwards / Clean.Count)),
            new DoubleDataFrameColumn("gradients", Outcomes.Select(o => (double)o.Gradients / Clean.Count)),
            new DoubleDataFrameColumn("seconds", Outcomes.Select(o => o.Duration.TotalSeconds)));
    }

    /// <summary>
    /// A row for each attack and image: image, attack, norm, eps, label, predicted, length, turned (right without attack, wrong under
    /// it).
    /// </summary>
    public DataFrame ImagesToDataFrame()
    {
        var rows = Outcomes.SelectMany(o => Enumerable.Range(0, Clean.Count).Select(image => (o, image))).ToList();
        return new(
            new Int32DataFrameColumn("image", rows.Select(r => r.image)),
            new StringDataFrameColumn("attack", rows.Select(r => r.o.Attack)),
            new StringDataFrameColumn("norm", rows.Select(r => r.o.Norm.ToString())),
            new DoubleDataFrameColumn("eps", rows.Select(r => r.o.Eps)),
            new Int64DataFrameColumn("label", rows.Select(r => Clean.Labels[r.image])),
            new Int64DataFrameColumn("predicted", rows.Select(r => r.o.Attacked.Predicted[r.image])),
            new SingleDataFrameColumn("length", rows.Select(r => r.o.Lengths[r.image])),
            new BooleanDataFrameColumn("turned", rows.Select(r => Clean.IsCorrect(r.image) && !r.o.Attacked.IsCorrect(r.image))));
    }
}
