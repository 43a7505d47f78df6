namespace Fgsm.Training;

/// <summary>What one epoch of training measured on its own batches, as it went.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Accuracy">In percent, of the batches as trained on: dropout on, adversarial examples included.</param>
/// <param name="Duration">Wall time.</param>
public sealed record EpochResult(int Epoch, double Loss, double Accuracy, TimeSpan Duration);

/// <summary>
/// Trains a classifier by mini-batches in a fresh random order each epoch. The order comes from torch's generator, so
/// <c>torch.manual_seed</c> before the model is made fixes everything.
/// </summary>
/// <param name="model">Logits from images.</param>
/// <param name="optimizer">Over the model's parameters.</param>
/// <param name="examples">Adversarial training; null for ordinary training.</param>
public sealed class Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, AdversarialExamples? examples = null)
{
    /// <summary>What progress messages are called.</summary>
    public string Title { get; init; } = "training";

    public int BatchSize { get; init; } = 128;

    /// <summary>Told about every few batches, and of the last epoch that a <see cref="Checkpoint"/> had.</summary>
    public IProgress<Progress>? Progress { get; init; }

    /// <summary>Keeps the training, and goes on from what is kept of it; null keeps nothing.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// Trains for some epochs; the model is left in training mode. With a <see cref="Checkpoint"/> that has some or all of these epochs,
    /// model, optimiser and torch's generator come out with the same bits as without.
    /// </summary>
    /// <param name="data">The training set.</param>
    /// <param name="epochs">Passes over it, 1 or more.</param>
    /// <param name="cancellation">Looked at before every batch.</param>
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
        var key = Checkpoint is null ? "" : TrainingKey.Of(model, optimizer, data, examples, BatchSize, Checkpoint.Settings);
        List<EpochResult> results = [.. Checkpoint?.Load(key, model, optimizer, epochs) ?? []];
        if (results is [.., var last])
            Progress?.Report(new Progress(Title, last.Epoch, epochs, Steps(data), Steps(data), last.Loss, last.Accuracy));
        while (results.Count < epochs)
        {
            results.Add(RunEpoch(data, results.Count + 1, epochs, cancellation));
            Checkpoint?.Save(key, model, optimizer, results);
        }
        Checkpoint?.SaveWeights(model);
        return results;
    }

    private int Steps(TensorSet data) => (data.Count + BatchSize - 1) / BatchSize;

    private EpochResult RunEpoch(TensorSet data, int epoch, int epochs, CancellationToken cancellation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var steps = Steps(data);
        var (lossSum, correct, seen) = (0.0, 0L, 0);
        using var order = randperm(data.Count);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = order[(step * BatchSize)..Math.Min(data.Count, (step + 1) * BatchSize)].to(data.Images.device);
            var (loss, right) = Step(data.Images.index_select(0, batch), data.Labels.index_select(0, batch));
            if (double.IsNaN(loss))
                throw new NotFiniteNumberException($"{Title}: the loss is NaN in epoch {epoch}, step {step + 1} of {steps}: the training has diverged. Lower the learning rate, or look for pixels that are not finite.", loss);
            var count = (int)batch.shape[0];
            (lossSum, correct, seen) = (lossSum + loss * count, correct + right, seen + count);
            if ((step + 1) % 10 == 0 || step + 1 == steps)
                Progress?.Report(new Progress(Title, epoch, epochs, step + 1, steps, lossSum / seen, 100.0 * correct / seen));
        }
        return new EpochResult(epoch, lossSum / seen, 100.0 * correct / seen, clock.Elapsed);
    }

    private (double Loss, long Correct) Step(Tensor x, Tensor y)
    {
        x = examples?.Mix(model, x, y) ?? x;
        optimizer.zero_grad();
        var logits = model.call(x);
        var loss = nn.functional.cross_entropy(logits, y);
        loss.backward();
        optimizer.step();
        return (loss.item<float>(), logits.argmax(1).eq(y).sum().item<long>());
    }
}
