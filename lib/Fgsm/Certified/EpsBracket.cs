using Microsoft.Data.Analysis;

namespace Fgsm.Certified;

/// <summary>
/// The smallest eps that turns each image, as an interval: no change of at most Low turns it, by proof, and some change of High does.
/// </summary>
/// <remarks>
/// What is proved, and of which network, is said at <see cref="Certificates"/>. An image is turned where its label has not the highest
/// logit.
/// </remarks>
/// <param name="Clean">Predictions without attack.</param>
/// <param name="Low">
/// For each image, in pixels of [0,1]; 0 where the model is wrong without attack, or where nothing could be proved.
/// </param>
/// <param name="High">
/// For each image; 0 where the model is wrong without attack, and infinity where neither the attack nor the search has turned it.
/// </param>
/// <param name="Nodes">The cases that branch and bound looked at, for each image.</param>
/// <example><c>EpsBracket.Search(model, test.Range(0, 100)).ToDataFrame()</c></example>
public sealed record EpsBracket(Predictions Clean, IReadOnlyList<double> Low, IReadOnlyList<double> High, IReadOnlyList<int> Nodes)
{
    private const int BatchSize = 50;

    /// <summary>
    /// Begins with the change that an attack finds, and halves the interval by branch and bound, which proves an eps or finds a smaller
    /// change.
    /// </summary>
    /// <param name="model">As for <see cref="Certificates.Of"/>.</param>
    /// <param name="attack">Gives the first change of each image; null for <see cref="FAB"/>.</param>
    /// <param name="resolution">The width at which an interval is closed, in pixels of [0,1]; above 0.</param>
    /// <param name="nodeLimit">
    /// The most cases for each eps and other class, 1 or more. With 1 no ReLU is split: that is CROWN. A small network of some hundred
    /// ReLUs is exact with thousands; a large one only where few ReLUs are open.
    /// </param>
    /// <param name="progress">Told after each batch.</param>
    /// <exception cref="NotSupportedException">The model has a layer that there are no bounds for.</exception>
    /// <exception cref="ArgumentException">Pixels are outside [0,1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is not above 0, or the limit is below 1.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static EpsBracket Search(nn.Module<Tensor, Tensor> model, TensorSet data, AdversarialAttack? attack = null,
        double resolution = 1 / 1024.0, int nodeLimit = 1000, IProgress<Progress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (resolution is not > 0)
            throw new ArgumentOutOfRangeException(
                nameof(resolution), FormattableString.Invariant($"EpsBracket: the resolution must be above 0, got {resolution}"));
        if (nodeLimit < 1)
            throw new ArgumentOutOfRangeException(nameof(nodeLimit), $"EpsBracket: nodeLimit must be 1 or more, got {nodeLimit}");
        attack ??= new FAB { Norm = Norm.LInf };
        var (clean, network) = (Predictions.Of(model, data), LayeredNetwork.Of(model, data[0].Images));
        var (low, high, nodes) = (new double[data.Count], new double[data.Count], new int[data.Count]);
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads(), CancellationToken = cancellation };
        var start = 0;
        foreach (var batch in data.Batches(BatchSize, progress, "smallest eps", cancellation))
        {
            double[][] Rows(Tensor images) => [.. images.cpu().contiguous().data<float>().ToArray()
                .Chunk(network.Input.Values).Select(row => network.Input.ChannelsLast(row))];
            var (x, y) = batch;
            var (images, attacked, labels) = (Rows(x), Rows(attack.Attack(model, x, y)), y.cpu().data<long>().ToArray());
            Parallel.For(0, batch.Count, threads, i =>
            {
                var image = start + i;
                if (!clean.IsCorrect(image))
                    return;
                var search = new BranchAndBound(network, (int)labels[i], nodeLimit, cancellation);
                (low[image], high[image]) = Search(search, images[i], attacked[i], network.Classes, (int)labels[i], resolution);
                nodes[image] = search.Nodes;
            });
            start += batch.Count;
        }
        return new(clean, low, high, nodes);
    }

    private static (double Low, double High) Search(
        BranchAndBound search, double[] image, double[] attacked, int classes, int label, double resolution)
    {
        var turned = Enumerable.Range(0, classes).Any(other => other != label && search.IsWrong(attacked, other));
        var (low, high) = (0.0, turned ? Distance(attacked) : double.PositiveInfinity);
        // The smallest eps that could not be decided; above it no more questions are asked.
        var open = Math.Min(high, 1);
        while (open - low > resolution)
        {
            var middle = (low + open) / 2;
            if (search.Prove(Box.Around(image, middle), out var counterexample))
                low = middle;
            else
                open = counterexample is null ? middle : high = Math.Min(high, Distance(counterexample));
        }
        return (low, high);

        double Distance(double[] other) => image.Zip(other, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>
    /// The columns of <see cref="Predictions.ToDataFrame"/> without attack, and three more: low, high (empty where nothing turns the
    /// image) and nodes.
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var frame = Clean.ToDataFrame();
        frame.Columns.Add(new DoubleDataFrameColumn("low", Low));
        frame.Columns.Add(new DoubleDataFrameColumn("high", High.Select(eps => double.IsInfinity(eps) ? null : (double?)eps)));
        frame.Columns.Add(new Int32DataFrameColumn("nodes", Nodes));
        return frame;
    }
}
