using System.Diagnostics;
using Microsoft.Data.Analysis;

namespace Fgsm.Certified;

/// <summary>
/// Proofs that no change of at most eps turns an image: a lower bound of a model's robust accuracy, where an attack gives an upper one.
/// </summary>
/// <remarks>
/// <para>
/// What is proved: for every real image within eps of x in L-infinity and within [0,1], the network in eval mode, its float32 weights taken
/// as they are and everything computed in real numbers, has a higher logit for the label than for every other class. The proof is
/// computed in float64 and allows for its own rounding (see <see cref="LinearBound"/>). The network as an engine computes it, in float32,
/// departs from real numbers by its rounding, usually less than 1e-5 of the largest logit; that is no part of the proof.
/// </para>
/// <para>The numbers do not depend on the engine, the number of threads or the batch. Memory is that of one image a thread.</para>
/// </remarks>
/// <param name="Clean">Predictions without attack.</param>
/// <param name="Eps">The largest change of a pixel, in pixels of [0,1].</param>
/// <param name="Margins">
/// For each image a lower bound of how far the label's logit stays above the highest other one; NaN for an image that was not looked at.
/// </param>
/// <param name="Methods">The method that gave each margin: the first that proved the image, else the last.</param>
/// <param name="Duration">Wall time.</param>
/// <example><c>Certificates.Of(model, test.Range(0, 1000), eps: 0.1).Accuracy</c></example>
public sealed record Certificates(
    Predictions Clean, double Eps, IReadOnlyList<double> Margins, IReadOnlyList<BoundMethod> Methods, TimeSpan Duration)
{
    private const int BatchSize = 250;

    /// <summary>Tries the methods up to the given one on each image, the fastest first, until one proves it.</summary>
    /// <param name="model">
    /// A Sequential, nested as one likes, of Conv2d without groups, Linear, ReLU, MaxPool2d, BatchNorm2d, <see cref="Normalize"/>, Flatten,
    /// Dropout, Identity and <see cref="Residual"/>.
    /// </param>
    /// <param name="eps">The largest change of a pixel, in pixels of [0,1]; 0 or more.</param>
    /// <param name="method">The last to try.</param>
    /// <param name="standing">
    /// Which images are worth the work, by their number, for instance those that withstood an attack; null for all that are right without
    /// attack.
    /// </param>
    /// <param name="progress">Told after each batch.</param>
    /// <exception cref="NotSupportedException">The model has a layer that there are no bounds for.</exception>
    /// <exception cref="ArgumentException">Pixels are outside [0,1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">eps is negative or not finite.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Certificates Of(nn.Module<Tensor, Tensor> model, TensorSet data, double eps, BoundMethod method = BoundMethod.CROWN,
        Func<int, bool>? standing = null, IProgress<Progress>? progress = null, CancellationToken cancellation = default)
    {
        if (eps is not >= 0 || !double.IsFinite(eps))
            throw new ArgumentOutOfRangeException(
                nameof(eps), FormattableString.Invariant($"Certificates: eps must be 0 or more and finite, got {eps}"));
        var (clock, clean, network) = (Stopwatch.StartNew(), Predictions.Of(model, data), LayeredNetwork.Of(model, data[0].Images));
        var (margins, methods) = (new double[data.Count], new BoundMethod[data.Count]);
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads(), CancellationToken = cancellation };
        var start = 0;
        foreach (var batch in data.Batches(BatchSize, progress, FormattableString.Invariant($"certificates at {eps:0.####}"), cancellation))
        {
            Bounds.Unit.Require(batch.Images);
            var (pixels, labels) = (batch.Images.cpu().contiguous().data<float>().ToArray(), batch.Labels.cpu().data<long>().ToArray());
            Parallel.For(0, batch.Count, threads, i =>
            {
                var image = start + i;
                var values = network.Input.Values;
                (margins[image], methods[image]) = !clean.IsCorrect(image) || standing?.Invoke(image) == false ? (double.NaN, method)
                    : Prove(network, pixels.AsSpan(i * values, values), (int)labels[i], eps, method, cancellation);
            });
            start += batch.Count;
        }
        return new(clean, eps, margins, methods, clock.Elapsed);
    }

    private static (double Margin, BoundMethod Method) Prove(
        LayeredNetwork network, ReadOnlySpan<float> pixels, int label, double eps, BoundMethod method, CancellationToken cancellation)
    {
        var bounds = new NetworkBounds(network, Box.Around(network.Input.ChannelsLast(pixels), eps));
        var margin = bounds.IntervalMargin(label);
        if (margin > 0 || method == BoundMethod.IBP)
            return (margin, BoundMethod.IBP);
        margin = Math.Max(margin, bounds.LinearMargin(label));
        if (margin > 0 || method == BoundMethod.CrownIBP)
            return (margin, BoundMethod.CrownIBP);
        bounds.Tighten(cancellation);
        return (Math.Max(margin, bounds.LinearMargin(label)), BoundMethod.CROWN);
    }

    /// <summary>Whether an image is right without attack and no change of at most eps turns it, by proof.</summary>
    public bool IsCertified(int image) => Clean.IsCorrect(image) && Margins[image] > 0;

    /// <summary>The number of images that are proved.</summary>
    public int Certified => Enumerable.Range(0, Clean.Count).Count(IsCertified);

    /// <summary>The share of ALL images that is proved, in percent: no attack leaves less.</summary>
    public double Accuracy => 100.0 * Certified / Clean.Count;

    /// <summary>
    /// The columns of <see cref="Predictions.ToDataFrame"/> without attack, and eps, margin (empty for an image that was not looked at),
    /// method, certified.
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var frame = Clean.ToDataFrame();
        frame.Columns.Add(new DoubleDataFrameColumn("eps", Margins.Select(_ => Eps)));
        frame.Columns.Add(new DoubleDataFrameColumn("margin", Margins.Select(margin => double.IsNaN(margin) ? (double?)null : margin)));
        frame.Columns.Add(new StringDataFrameColumn("method", Methods.Select(method => method.ToString())));
        frame.Columns.Add(new BooleanDataFrameColumn("certified", Enumerable.Range(0, Clean.Count).Select(IsCertified)));
        return frame;
    }
}
