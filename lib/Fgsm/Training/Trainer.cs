namespace Fgsm.Training;

/// <summary>What one epoch of training measured on its own batches, as it went.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Accuracy">In percent, of the batches as trained on: dropout on, adversarial examples included.</param>
/// <param name="Duration">Wall time.</param>
public sealed record EpochResult(int Epoch, double Loss, double Accuracy, TimeSpan Duration)
{
    /// <summary>When an earlier run ended this epoch, which a <see cref="Checkpoint"/> had kept; null for an epoch of this run.</summary>
    public DateTimeOffset? Kept { get; init; }
}

/// <summary>
/// Trains a classifier by mini-batches in a fresh random order each epoch. The order comes from torch's generator, so
/// <c>torch.manual_seed</c> before the model is made fixes everything.
/// </summary>
/// <param name="model">Logits from images.</param>
/// <param name="optimizer">Over the model's parameters.</param>
/// <param name="objective">
/// What training makes smaller, for instance <see cref="AdversarialExamples"/>; null for the cross-entropy of clean images.
/// </param>
public sealed class Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Objective? objective = null)
{
    private readonly Objective objective = objective ?? new CrossEntropy();

    /// <summary>What progress messages are called.</summary>
    public string Title { get; init; } = "training";

    public int BatchSize { get; init; } = 128;

    /// <summary>
    /// What the optimiser's learning rates are multiplied by at each step, counted in batches from 0, as PyTorch's LambdaLR stepped
    /// after each batch; null leaves them as they are. They are their own again after each epoch, also one that was cancelled.
    /// </summary>
    public Func<int, double>? Schedule { get; init; }

    /// <summary>Changes the images of every batch, each epoch anew; null trains on the images as they are.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Told about every few batches, and of the last epoch that a <see cref="Checkpoint"/> had.</summary>
    public IProgress<Progress>? Progress { get; init; }

    /// <summary>Keeps the training, and goes on from what is kept of it; null keeps nothing.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// Called after each epoch with the model as it then is, in eval mode; whoever draws random numbers seeds the next epoch. With a
    /// <see cref="Checkpoint"/> every epoch is kept, as name_1, name_2 and so on, and this is called for those that were kept, too.
    /// </summary>
    public Action<EpochResult>? AfterEpoch { get; init; }

    /// <summary>
    /// Looks for catastrophic overfitting after each epoch and may end the training; with a <see cref="Checkpoint"/> every epoch is kept
    /// as for <see cref="AfterEpoch"/>. Null does not look.
    /// </summary>
    public OverfittingCheck? Overfitting { get; init; }

    /// <summary>
    /// Trains for some epochs; the model is left in training mode. With a <see cref="Checkpoint"/> that has some or all of these epochs,
    /// model, optimiser and torch's generator come out with the same bits as without.
    /// </summary>
    /// <param name="data">The training set.</param>
    /// <param name="epochs">Passes over it, 1 or more.</param>
    /// <param name="cancellation">Looked at before every batch.</param>
    /// <returns>Every epoch that was trained, those too whose weights <see cref="Overfitting"/> took back.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no epochs, or no images in a batch.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; the model keeps what it has learned.</exception>
    /// <exception cref="TensorFileException">What is kept cannot be read, or written.</exception>
    /// <exception cref="NotFiniteNumberException">The loss of a batch is NaN: the weights are lost, and further steps cannot mend them.</exception>
    public IReadOnlyList<EpochResult> Fit(TensorSet data, int epochs, CancellationToken cancellation = default)
    {
        if (epochs < 1)
            throw new ArgumentOutOfRangeException(nameof(epochs), $"Trainer: epochs must be 1 or more, got {epochs}");
        if (BatchSize < 1)
            throw new ArgumentOutOfRangeException(nameof(BatchSize), $"Trainer: BatchSize must be 1 or more, got {BatchSize}");
        model.train();
        objective.Reset(0);
        Overfitting?.Reset();
        var listened = AfterEpoch is not null || Overfitting is not null;
        var key = Checkpoint is null ? ""
            : TrainingKey.Of(model, optimizer, data, Augmentation, objective, BatchSize, Factors(data, epochs), Checkpoint.Settings);
        double[] rates = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
        List<EpochResult> results = listened ? [] : Kept(Checkpoint, epochs);
        while (results.Count < epochs)
        {
            // A listener sees the model after each epoch, so each has a file of its own.
            var epoch = results.Count + 1;
            var file = listened ? Checkpoint?.OfEpoch(epoch) : Checkpoint;
            if (listened && Kept(file, epoch) is var kept && kept.Count == epoch)
                results = kept;
            else
            {
                try
                {
                    results.Add(RunEpoch(data, epoch, epochs, rates, cancellation));
                }
                finally
                {
                    SetRates(rates, 1);
                }
                file?.Save(key, model, optimizer, results);
            }
            model.eval();
            AfterEpoch?.Invoke(results[^1]);
            var ends = Overfitting?.Ends(model) ?? false;
            model.train();
            if (ends)
                break;
        }
        Checkpoint?.SaveWeights(model);
        return results;

        List<EpochResult> Kept(Checkpoint? file, int most)
        {
            List<EpochResult> kept = [.. file?.Load(key, model, optimizer, most) ?? []];
            if (kept is [.., var last])
                Progress?.Report(new Progress(Title, last.Epoch, epochs, Steps(data), Steps(data), last.Loss, last.Accuracy));
            return kept;
        }
    }

    private int Steps(TensorSet data) => (data.Count + BatchSize - 1) / BatchSize;

    private IEnumerable<double> Factors(TensorSet data, int epochs) =>
        Schedule is null ? [] : Enumerable.Range(0, epochs * Steps(data)).Select(Schedule);

    private void SetRates(double[] rates, double factor)
    {
        foreach (var (group, rate) in optimizer.ParamGroups.Zip(rates))
            group.LearningRate = rate * factor;
    }

    private EpochResult RunEpoch(TensorSet data, int epoch, int epochs, double[] rates, CancellationToken cancellation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var steps = Steps(data);
        var (lossSum, correct, seen) = (0.0, 0L, 0);
        objective.Reset((epoch - 1) * steps);
        var (step, order) = (0, RandomOrder(data.Count));
        foreach (var batch in data.Batches(BatchSize, null, Title, cancellation, order))
        {
            var (x, y) = batch;
            x = Augmentation?.Apply(x, order[(step * BatchSize)..(step * BatchSize + batch.Count)], epoch) ?? x;
            if (Schedule is not null)
                SetRates(rates, Schedule((epoch - 1) * steps + step));
            step++;
            var (loss, right) = objective.Step(model, optimizer, x, y);
            if (double.IsNaN(loss))
                throw new NotFiniteNumberException(
                    $"{Title}: the loss is NaN in epoch {epoch}, step {step} of {steps}: the training has diverged. "
                    + "Lower the learning rate, or look for pixels that are not finite.", loss);
            var count = (int)y.shape[0];
            (lossSum, correct, seen) = (lossSum + loss * count, correct + right, seen + count);
            if (step % 10 == 0 || step == steps)
                Progress?.Report(new Progress(Title, epoch, epochs, step, steps, lossSum / seen, 100.0 * correct / seen));
        }
        return new EpochResult(epoch, lossSum / seen, 100.0 * correct / seen, clock.Elapsed);
    }

    private static long[] RandomOrder(int count)
    {
        using var order = randperm(count);
        return order.data<long>().ToArray();
    }
}
