namespace Fgsm.Training;

/// <summary>
/// Keeps a training in files. After every epoch the whole training is saved beside <see cref="File"/>, as name.checkpoint.pth; at the end
/// the weights as <see cref="File"/>. The same training begun again goes on from there, to the same bits, and takes no time when it
/// was finished: it is the same when everything that determines it is, see <see cref="TrainingKey"/>. Any other training starts afresh and replaces
/// the files.
/// </summary>
/// <param name="file">Where the trained weights go, for instance models/baseline_model.pth. <c>load_py</c> reads it, and PyTorch.</param>
/// <example><c>new Trainer(model, optimizer) { Checkpoint = Checkpoint.Of("baseline_model") }.Fit(train, epochs: 5)</c></example>
public sealed class Checkpoint(string file)
{
    /// <summary>The trained weights.</summary>
    public string File { get; } = file;

    /// <summary>The whole training: a dictionary with PyTorch's usual names, which <c>torch.load</c> reads too.</summary>
    public string TrainingFile => Path.ChangeExtension(File, ".checkpoint.pth");

    /// <summary>Train again, whatever is kept.</summary>
    public bool Fresh { get; init; }

    /// <summary>What else determines the training, where a model computes by more than its layers and their options.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Keeps a model in the folder models/ of the checkout, else of the working directory.</summary>
    /// <param name="name">The file's name without its ending.</param>
    public static Checkpoint Of(string name, bool fresh = false) =>
        new(Path.Combine(Checkout.Folder ?? Directory.GetCurrentDirectory(), "models", name + ".pth")) { Fresh = fresh };

    /// <summary>
    /// Puts model, optimiser and torch's generator in the state after the last epoch kept, if it is one of this training's first
    /// <paramref name="epochs"/>.
    /// </summary>
    /// <returns>The epochs that are done.</returns>
    internal IReadOnlyList<EpochResult> Load(string key, nn.Module model, optim.Optimizer optimizer, int epochs)
    {
        if (Fresh || !System.IO.File.Exists(TrainingFile))
            return [];
        using var scope = NewDisposeScope();
        var kept = PyTorchFile.Read(TrainingFile);
        if (kept.GetValueOrDefault("key") is not string keptKey || keptKey != key)
            return [];
        try
        {
            var saved = Get<List<object?>>(kept, "epochs").Select(Parse).ToList();
            if (saved.Count > epochs)
                return [];
            model.load_state_dict(Get<OrderedDictionary<object, object?>>(kept, "model_state_dict").Where(w => w.Value is Tensor).ToDictionary(w => w.Key.ToString()!, w => (Tensor)w.Value!));
            PyTorchFile.Load(optimizer, Get<OrderedDictionary<object, object?>>(kept, "optimizer_state_dict"));
            random.set_rng_state(Get<Tensor>(kept, "rng_state"));
            return saved;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidOperationException)
        {
            throw new TensorFileException(TrainingFile, "it is no whole checkpoint of this training; delete it, or train afresh", e);
        }
    }

    internal void Save(string key, nn.Module model, optim.Optimizer optimizer, IReadOnlyList<EpochResult> epochs)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(TrainingFile))!);
        PyTorchFile.Write(TrainingFile, new OrderedDictionary<object, object?>
        {
            ["key"] = key,
            ["epoch"] = (long)epochs.Count,
            ["epochs"] = epochs.Select(Describe).ToList(),
            ["model_state_dict"] = model.state_dict(),
            ["optimizer_state_dict"] = PyTorchFile.State(optimizer),
            ["rng_state"] = random.get_rng_state(),
        });
    }

    internal void SaveWeights(nn.Module model) => PyTorchFile.Write(File, model.state_dict());

    private static OrderedDictionary<object, object?> Describe(EpochResult epoch) => new()
    {
        ["epoch"] = (long)epoch.Epoch,
        ["loss"] = epoch.Loss,
        ["accuracy"] = epoch.Accuracy,
        ["seconds"] = epoch.Duration.TotalSeconds,
    };

    private static EpochResult Parse(object? saved)
    {
        var epoch = saved as OrderedDictionary<object, object?> ?? [];
        // TimeSpan.FromSeconds cuts off: 0.0003558 s, which is a little less in binary, would lose a tick.
        var duration = TimeSpan.FromTicks((long)Math.Round(Get<double>(epoch, "seconds") * TimeSpan.TicksPerSecond));
        return new((int)Get<long>(epoch, "epoch"), Get<double>(epoch, "loss"), Get<double>(epoch, "accuracy"), duration);
    }

    private static T Get<T>(OrderedDictionary<object, object?> values, string name) => values.GetValueOrDefault(name) is T value ? value : throw new InvalidDataException(name);
}
