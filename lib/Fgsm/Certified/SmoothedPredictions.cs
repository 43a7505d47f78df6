using Distributions = MathNet.Numerics.Distributions;
using Microsoft.Data.Analysis;

namespace Fgsm.Certified;

/// <summary>
/// Randomised smoothing: the class that a model gives most often under normal noise cannot be changed within an L2 radius that follows
/// from how often. Cohen, Rosenfeld, Kolter, "Certified Adversarial Robustness via Randomized Smoothing", 2019,
/// https://arxiv.org/abs/1902.02918, theorem 1 and figure "Certify". It works for any model, also where bounds do not.
/// </summary>
/// <remarks>
/// What is certified is the smoothed classifier, not the model; and each radius only with probability 1 - alpha, over the noise. A model
/// that was not trained under such noise has small radii or none.
/// </remarks>
/// <param name="Labels">The true classes, <c>[N]</c>.</param>
/// <param name="Predicted">The smoothed classifier's classes; -1 where it abstains, <c>[N]</c>.</param>
/// <param name="Radius">In units of pixels of [0,1], L2; 0 where it abstains, <c>[N]</c>.</param>
/// <example><c>SmoothedPredictions.Of(model, test.Range(0, 100), sigma: 0.25).AccuracyAt(0.5)</c></example>
public sealed record SmoothedPredictions(long[] Labels, long[] Predicted, double[] Radius)
{
    private const int BatchSize = 500;

    /// <summary>
    /// Chooses a class by some samples and counts it among others. An image costs samples + selection predictions.
    /// </summary>
    /// <param name="sigma">The noise's standard deviation, in pixels of [0,1]; noisy images are not clipped.</param>
    /// <param name="samples">By which the radius is found; the paper takes 100,000.</param>
    /// <param name="selection">By which the class is chosen.</param>
    /// <param name="alpha">The probability that a radius is too large.</param>
    /// <param name="seed">With the pixels it determines an image's noise, see <see cref="AdversarialAttack.Seed"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// sigma is not above 0 and finite, there are no samples, or alpha is not between 0 and 1.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static SmoothedPredictions Of(nn.Module<Tensor, Tensor> model, TensorSet data, double sigma, int samples = 10_000,
        int selection = 100, double alpha = 0.001, long seed = 0, IProgress<Progress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (sigma is not > 0 || !double.IsFinite(sigma))
            throw new ArgumentOutOfRangeException(
                nameof(sigma), FormattableString.Invariant($"SmoothedPredictions: sigma must be above 0 and finite, got {sigma}"));
        if (samples < 1 || selection < 1)
            throw new ArgumentOutOfRangeException(nameof(samples),
                $"SmoothedPredictions: samples and selection must be 1 or more, got {samples} and {selection}");
        if (alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(alpha), FormattableString.Invariant($"SmoothedPredictions: alpha must be between 0 and 1, got {alpha}"));
        using var eval = model.InEvalMode();
        using var grad = no_grad();
        var (predicted, radius) = (new List<long>(), new List<double>());
        foreach (var batch in data.Batches(1, progress, "smoothing", cancellation))
        {
            var image = batch.Images;
            var draws = RandomDraws.For(image, seed);
            var chosen = Counts(model, image, sigma, selection, draws, cancellation).MaxBy(count => (count.Value, -count.Key)).Key;
            var times = Counts(model, image, sigma, samples, draws, cancellation).GetValueOrDefault(chosen);
            var sure = LowerBound(times, samples, alpha);
            predicted.Add(sure > 0.5 ? chosen : -1);
            radius.Add(sure > 0.5 ? sigma * Distributions.Normal.InvCDF(0, 1, sure) : 0);
        }
        return new(data.Labels.cpu().data<long>().ToArray(), [.. predicted], [.. radius]);
    }

    /// <summary>How often the model gives each class under noise.</summary>
    private static Dictionary<long, int> Counts(nn.Module<Tensor, Tensor> model, Tensor image, double sigma, int samples,
        RandomDraws draws, CancellationToken cancellation)
    {
        var counts = new Dictionary<long, int>();
        for (var done = 0; done < samples; done += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(BatchSize, samples - done);
            var noise = draws.Normal(empty([1, count, .. image.shape[1..]]).to(image.device)).squeeze(0);
            foreach (var predicted in model.call(image + noise * sigma).argmax(1).cpu().data<long>().ToArray())
                counts[predicted] = counts.GetValueOrDefault(predicted) + 1;
        }
        return counts;
    }

    /// <summary>
    /// Clopper and Pearson's lower confidence bound of a probability: the p for which so many successes or more have probability alpha.
    /// </summary>
    internal static double LowerBound(int successes, int trials, double alpha) =>
        successes == 0 ? 0 : Distributions.Beta.InvCDF(successes, trials - successes + 1, alpha);

    /// <summary>The share of ALL images that are right and stay so under every change of that L2 length, in percent.</summary>
    public double AccuracyAt(double radius) =>
        100.0 * Enumerable.Range(0, Labels.Length).Count(i => Predicted[i] == Labels[i] && Radius[i] >= radius) / Labels.Length;

    /// <summary>A row for each image: image, label, predicted (-1 where the classifier abstains), radius.</summary>
    public DataFrame ToDataFrame() => new(
        new Int32DataFrameColumn("image", Enumerable.Range(0, Labels.Length)),
        new Int64DataFrameColumn("label", Labels),
        new Int64DataFrameColumn("predicted", Predicted),
        new DoubleDataFrameColumn("radius", Radius));
}
