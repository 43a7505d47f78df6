using Microsoft.Data.Analysis;

namespace Fgsm.Evaluation;

/// <summary>A model's prediction and confidence for each image of a set.</summary>
/// <param name="Labels">The true classes, <c>[N]</c>.</param>
/// <param name="Predicted">The classes with the highest logit, the first of equals, <c>[N]</c>.</param>
/// <param name="Confidence">The softmax probability of the predicted class, from 0 to 1; NaN where the logits have a NaN or plus infinity, <c>[N]</c>.</param>
public sealed record Predictions(long[] Labels, long[] Predicted, float[] Confidence)
{
    // A gradient keeps every layer's output, so attacks take smaller batches.
    private const int BatchSize = 500, AttackBatchSize = 250;

    /// <summary>The model in eval mode, without gradients.</summary>
    public static Predictions Of(nn.Module<Tensor, Tensor> model, TensorSet data)
    {
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        return Join([.. data.Batches(data.Fitting(BatchSize), null, "", default)
            .Select(batch => FromLogits(model.call(batch.Images), batch.Labels))]);
    }

    /// <summary>The same of adversarial images, made batch by batch.</summary>
    /// <param name="progress">Told after each batch, under <paramref name="title"/>.</param>
    public static Predictions Under(AdversarialAttack attack, nn.Module<Tensor, Tensor> model, TensorSet data, IProgress<Progress>? progress = null, string title = "attack", CancellationToken cancellation = default) =>
        Join([.. data.Batches(data.Fitting(AttackBatchSize), progress, title, cancellation)
            .Select(batch => Of(model, batch with { Images = attack.Attack(model, batch.Images, batch.Labels) }))]);

    internal static Predictions FromLogits(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        // Not softmax's own maximum: logits that differ may have probabilities that round to the same.
        var predicted = logits.argmax(1);
        var confidence = nn.functional.softmax(logits, 1).max(1).values;
        return new Predictions(labels.data<long>().ToArray(), predicted.data<long>().ToArray(), confidence.data<float>().ToArray());
    }

    internal static Predictions Join(IReadOnlyCollection<Predictions> parts) => new(
        [.. parts.SelectMany(p => p.Labels)], [.. parts.SelectMany(p => p.Predicted)], [.. parts.SelectMany(p => p.Confidence)]);

    public int Count => Labels.Length;

    /// <summary>Those of the first images.</summary>
    public Predictions Take(int count) => new([.. Labels.Take(count)], [.. Predicted.Take(count)], [.. Confidence.Take(count)]);

    /// <summary>Whether the predicted class is the true one; never for logits that are not finite, of which none is the highest.</summary>
    public bool IsCorrect(int image) => Predicted[image] == Labels[image] && float.IsFinite(Confidence[image]);

    /// <summary>The number of images that are classified correctly.</summary>
    public int Correct => Enumerable.Range(0, Count).Count(IsCorrect);

    /// <summary>For each class in turn, the first image that is classified correctly; nothing for a class without one.</summary>
    public int[] FirstCorrectOfEachClass() => [.. Enumerable.Range(0, Count).Where(IsCorrect).GroupBy(i => Labels[i]).OrderBy(g => g.Key).Select(g => g.First())];

    /// <summary>The share that is classified correctly, in percent.</summary>
    public double Accuracy => 100.0 * Correct / Count;

    /// <summary>The number of images whose logits have a NaN or plus infinity.</summary>
    public int NonFinite => Confidence.Count(c => !float.IsFinite(c));

    /// <summary>The mean of <see cref="Confidence"/>, in percent.</summary>
    public double MeanConfidence => 100.0 * Confidence.Sum(c => (double)c) / Count;

    /// <summary>How often each true class (row) is taken for each class (column).</summary>
    public long[][] Confusion(int classes)
    {
        var counts = Enumerable.Range(0, classes).Select(_ => new long[classes]).ToArray();
        for (var i = 0; i < Count; i++)
            counts[Labels[i]][Predicted[i]]++;
        return counts;
    }

    /// <summary>For each class, the share of its images that is classified correctly, in percent; NaN for a class without images.</summary>
    public double[] ClassAccuracy(int classes) => [.. Confusion(classes).Select((row, c) => 100.0 * row[c] / row.Sum())];

    /// <summary>A row for each image: image (its number in the set, from 0), label, predicted, confidence (from 0 to 1), correct.</summary>
    public DataFrame ToDataFrame() => new(
        new Int32DataFrameColumn("image", Enumerable.Range(0, Count)),
        new Int64DataFrameColumn("label", Labels),
        new Int64DataFrameColumn("predicted", Predicted),
        new SingleDataFrameColumn("confidence", Confidence),
        new BooleanDataFrameColumn("correct", Enumerable.Range(0, Count).Select(IsCorrect)));
}
