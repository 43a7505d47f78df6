namespace Fgsm.Evaluation;

/// <summary>A setting under FGSM.</summary>
/// <param name="Clean">Accuracy without attack, in percent.</param>
/// <param name="Robust">Robust accuracy at each eps of the grid, in percent.</param>
/// <param name="ZeroGradients">The share of images whose gradient is 0 everywhere, in percent.</param>
public sealed record MeasuredSetting(Setting Setting, double Clean, double[] Robust, double ZeroGradients);

/// <summary>A network of a setting that was trained on with half of each batch attacked.</summary>
/// <param name="TrainingEps">The name of the defence.</param>
/// <param name="Epochs">How many more.</param>
public sealed record MeasuredDefence(Setting Setting, string TrainingEps, int Epochs, double Clean, double[] Robust, double ZeroGradients);

/// <summary>What came out of all settings that were tried for report E. It is kept in a file, for it takes the better part of an hour.</summary>
/// <param name="TrainingImages">In an epoch.</param>
/// <param name="TestImages">That the accuracies are of.</param>
public sealed record SettingsGrid(long Seed, int TrainingImages, int TestImages, List<MeasuredSetting> Settings, List<MeasuredDefence> Defences)
{
    /// <summary>The data set that it was measured on, as tables call it.</summary>
    public string Data { get; init; } = "";

    /// <summary>The network, as <see cref="Cnn.Name"/> calls it.</summary>
    public string Network { get; init; } = "";

    /// <summary>The strengths of the attack, in the units of each setting.</summary>
    public double[] Eps { get; init; } = [];

    /// <summary>The largest difference of a curve from the published one, in points; null where nothing was published for this data set, network and eps.</summary>
    /// <param name="robust">Robust accuracy at each eps of the grid, in percent.</param>
    /// <param name="published">A file with the columns data_set, cnn and eps.</param>
    /// <param name="column">The published accuracies in it.</param>
    public double? Distance(IEnumerable<double> robust, Published published, string column) => Eps.Zip(robust)
        .Max(point => point.Second - published.Value(column, ("data_set", Data), ("cnn", Network), ("eps", point.First)) is double off ? Math.Abs(off) : (double?)null);

    /// <exception cref="DataException">The file is not there, or is no grid.</exception>
    public static SettingsGrid Read(string file) =>
        GridFile.Read<SettingsGrid>(file, grid => grid is { Settings: not null, Defences: not null });

    /// <summary>A run that is killed leaves the earlier file whole.</summary>
    /// <param name="file">Where to; null for nowhere.</param>
    public void Write(string? file) => GridFile.Write(file, this);

    /// <summary>
    /// One training for each normalisation and optimiser, all from the same seed, measured after each stage with adversarial images clipped
    /// and not clipped.
    /// </summary>
    /// <param name="eps">In the units of each setting.</param>
    /// <param name="stages">After how many epochs to measure, ascending.</param>
    /// <param name="file">
    /// Where to keep what is finished, so that a grid that was stopped goes on from there; null keeps nothing. A file of another seed or
    /// other images is replaced.
    /// </param>
    /// <param name="newNetwork">Makes the network; null for report E's CNN.</param>
    public static SettingsGrid Measure(TensorSet train, TensorSet test, double[] eps, int[] stages, long seed, string? file, IProgress<Progress>? progress = null,
        Func<nn.Module<Tensor, Tensor>>? newNetwork = null)
    {
        var grid = new SettingsGrid(seed, train.Count, test.Count, [], []) { Eps = eps };
        if (File.Exists(file) && Read(file) is var begun && (begun.Seed, begun.TrainingImages, begun.TestImages) == (seed, train.Count, test.Count) && begun.Eps.SequenceEqual(eps))
            grid = begun;
        foreach (var pixels in Setting.AllPixels)
            foreach (var optimiser in new[] { "Adam", "SGD" })
            {
                if (grid.Settings.Any(m => (m.Setting.Pixels, m.Setting.Optimiser) == (pixels, optimiser)))
                    continue;
                using var scope = NewDisposeScope();
                grid.MeasureStages(new(pixels, optimiser, 0, true), train, test, stages, progress, newNetwork);
                grid.Write(file);
            }
        return grid;
    }

    private void MeasureStages(Setting start, TensorSet train, TensorSet test, int[] stages, IProgress<Progress>? progress, Func<nn.Module<Tensor, Tensor>>? newNetwork)
    {
        manual_seed(Seed);
        using var network = start.NewNetwork(newNetwork);
        var trainer = start.NewTrainer(network, $"pixels {start.Pixels}, {start.Optimiser}", [], progress);
        foreach (var (done, stage) in stages.Prepend(0).Zip(stages))
        {
            trainer.Fit(train, stage - done);
            foreach (var clipped in new[] { true, false })
            {
                var setting = start with { Epochs = stage, Clipped = clipped };
                var (clean, robust, zero) = Measure(setting, network, test, Eps);
                Settings.Add(new(setting, clean, robust, zero));
            }
        }
    }

    /// <summary>For one setting, every defence: one further epoch, each on the same batches from the same network. Nothing where the grid has them.</summary>
    /// <param name="defences">The eps that each is trained at, by name.</param>
    /// <inheritdoc cref="Measure(TensorSet, TensorSet, double[], int[], long, string?, IProgress{Progress}?, Func{nn.Module{Tensor, Tensor}}?)"/>
    public void MeasureDefences(Setting setting, IReadOnlyDictionary<string, double[]> defences, TensorSet train, TensorSet test, double[] eps, string? file, IProgress<Progress>? progress = null,
        Func<nn.Module<Tensor, Tensor>>? newNetwork = null)
    {
        if (Defences.Any(d => d.Setting == setting))
            return;
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        using var network = setting.NewNetwork(newNetwork);
        setting.NewTrainer(network, "before the defence", [], progress).Fit(train, setting.Epochs);
        foreach (var (name, trainingEps) in defences)
        {
            using var defended = network.CopyTo(setting.NewNetwork(newNetwork));
            manual_seed(Seed);
            setting.NewTrainer(defended, $"defence at {name}", trainingEps, progress).Fit(train, 1);
            var (clean, robust, zero) = Measure(setting, defended, test, eps);
            Defences.Add(new(setting, name, 1, clean, robust, zero));
        }
        Write(file);
    }

    private static (double Clean, double[] Robust, double ZeroGradients) Measure(Setting setting, nn.Module<Tensor, Tensor> network, TensorSet test, double[] eps)
    {
        var sweep = setting.Attack(network, test, eps);
        return (sweep.Clean.Accuracy, [.. sweep.Points.Select(p => p.RobustAccuracy)], sweep.ZeroGradients);
    }
}
