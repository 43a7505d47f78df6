using Fgsm.Data;
using Fgsm.Models;

namespace Fgsm.Evaluation;

/// <summary>What a model says of each image of a set.</summary>
/// <param name="Labels">The true classes, <c>[N]</c>.</param>
/// <param name="Predicted">The classes with the highest logit, the first of equals, <c>[N]</c>.</param>
/// <param name="Confidence">The softmax probability of the predicted class, from 0 to 1, <c>[N]</c>.</param>
public sealed record Predictions(long[] Labels, long[] Predicted, float[] Confidence)
{
    private const int BatchSize = 1000;

    /// <summary>The model in eval mode, without gradients.</summary>
    public static Predictions Of(nn.Module<Tensor, Tensor> model, TensorSet data)
    {
        using var views = NewDisposeScope();
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        var parts = new List<Predictions>();
        foreach (var batch in data.Batches(BatchSize))
        {
            using var scope = NewDisposeScope();
            parts.Add(FromLogits(model.call(batch.Images), batch.Labels));
        }
        return Join(parts);
    }

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

    public bool IsCorrect(int image) => Predicted[image] == Labels[image];

    /// <summary>The share that is classified correctly, in percent.</summary>
    public double Accuracy => 100.0 * Enumerable.Range(0, Count).Count(IsCorrect) / Count;

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
}
