using System.Text.Json;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Fgsm.Evaluation;

/// <summary>
/// What each of several variants of a training changes, one factor at a time, over several seeds. The first variant is what the others
/// are compared with.
/// </summary>
/// <example>
/// <code>
/// var ablation = new Ablation { Data = "MNIST", Epochs = 5, BatchSize = 128, Eps = [8 / 255.0] };
/// ablation.Measure(variants, seeds: [42, 43, 44, 45, 46], train, test);
/// var (mean, interval) = ablation.Effect("3x3 kernels", run => run.Fgsm[0]);
/// </code>
/// </example>
public sealed record Ablation
{
    /// <summary>The data set, as tables call it.</summary>
    public string Data { get; init; } = "";

    public int TrainingImages { get; init; }

    public int TestImages { get; init; }

    public int Epochs { get; init; }

    public int BatchSize { get; init; }

    /// <summary>The strengths of the attacks, in pixels of [0,1].</summary>
    public double[] Eps { get; init; } = [];

    /// <summary>How many of the first test images PGD attacks, and gradients are taken of.</summary>
    public int PgdImages { get; init; }

    /// <summary>Of PGD, each eps / 8 long.</summary>
    public int PgdSteps { get; init; }

    /// <summary>How often PGD begins anew; an image that falls once has fallen.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>How many of the first test images AutoAttack attacks; it costs thousands of gradients an image.</summary>
    public int AutoImages { get; init; }

    /// <summary>Of AutoAttack.</summary>
    public int AutoSteps { get; init; } = 100;

    /// <summary>Of AutoAttack.</summary>
    public int AutoTargets { get; init; } = 9;

    /// <summary>Of AutoAttack.</summary>
    public int AutoQueries { get; init; } = 5000;

    public List<AblationRun> Runs { get; init; } = [];

    /// <summary>The names of the variants, the first the one that the others are compared with.</summary>
    public IEnumerable<string> Variants() => Runs.Select(run => run.Variant).Distinct();

    /// <summary>Its seeds, in the order in which they were taken.</summary>
    public IEnumerable<long> Seeds() => Runs.Select(run => run.Seed).Distinct();

    /// <exception cref="DataException">The file is not there, or is none of these.</exception>
    public static Ablation Read(string file) => GridFile.Read<Ablation>(file, ablation => ablation is { Runs.Count: > 0 });

    /// <summary>A run that is killed leaves the earlier file whole.</summary>
    /// <param name="file">Where to; null for nowhere.</param>
    public void Write(string? file) => GridFile.Write(file, this);

    /// <summary>Trains and attacks every variant with every seed, those that are not among <see cref="Runs"/>.</summary>
    /// <param name="file">
    /// Where to write them; null for nowhere. What is finished is kept beside it, as name.part.json, so that a run that was stopped goes
    /// on from there, unless that is of other settings.
    /// </param>
    public void Measure(IReadOnlyList<Variant> variants, IReadOnlyList<long> seeds, TensorSet train, TensorSet test,
        string? file = null, IProgress<Progress>? progress = null)
    {
        var part = file is null ? null : Path.ChangeExtension(file, ".part.json");
        if (File.Exists(part) && Read(part) is var begun && begun.HasSettingsOf(this))
            Runs.AddRange(begun.Runs);
        foreach (var seed in seeds)
            foreach (var variant in variants)
            {
                if (Runs.Any(run => (run.Variant, run.Seed) == (variant.Name, seed)))
                    continue;
                var (model, epochs) = Train(variant, seed, train, progress);
                Runs.Add(Attack(variant.Name, seed, model, test) with
                {
                    Seconds = epochs.Average(e => e.Duration.TotalSeconds),
                    AtTestTime = variant.AtTestTime is null ? null : Predictions.Of(variant.AtTestTime(model), test).Accuracy,
                });
                model.Dispose();
                Write(part);
            }
        Write(file);
        if (part is not null)
            File.Delete(part);
    }

    /// <summary>A variant trained with a seed, in eval mode, and its epochs.</summary>
    public (nn.Module<Tensor, Tensor> Model, IReadOnlyList<EpochResult> Epochs) Train(
        Variant variant, long seed, TensorSet train, IProgress<Progress>? progress = null)
    {
        manual_seed(seed);
        var model = variant.Network();
        var trainer = new Trainer(model, variant.Optimizer(model), variant.Objective)
        {
            Title = $"{variant.Name}, seed {seed}", BatchSize = BatchSize, Schedule = variant.Schedule,
            Augmentation = variant.Augmentation?.Invoke(seed), Overfitting = variant.Overfitting, Progress = progress,
        };
        var epochs = trainer.Fit(train, Epochs);
        model.eval();
        return (model, epochs);
    }

    /// <summary>The figures of a variant that was trained with a seed.</summary>
    public AblationRun Attack(string variant, long seed, nn.Module<Tensor, Tensor> model, TensorSet test)
    {
        using var scope = NewDisposeScope();
        var first = test.Range(0, Math.Min(PgdImages, test.Count));
        var fgsm = EpsSweep.Run(model, test, Eps);
        var pgd = AttackSuite.RunNested(
            model, first, [.. Eps.Select(e => new PGD(e, e / 8, PgdSteps) { Seed = seed, Restarts = Restarts })]);
        return new(variant, seed, fgsm.Clean.Accuracy, [.. fgsm.Points.Select(p => p.RobustAccuracy)],
            [.. pgd.Outcomes.Select(o => o.RobustAccuracy)], Gradient(model, first), fgsm.Clean.MeanConfidence)
        {
            Auto = AutoImages == 0 ? [] : Auto(model, test.Range(0, Math.Min(AutoImages, test.Count)), seed),
        };
    }

    private double[] Auto(nn.Module<Tensor, Tensor> model, TensorSet images, long seed) =>
        [.. AttackSuite.RunNested(model, images,
            [.. Eps.Select(e => new AutoAttack(e, AutoSteps, AutoTargets, AutoQueries) { Seed = seed })])
            .Outcomes.Select(o => o.RobustAccuracy)];

    private static double Gradient(nn.Module<Tensor, Tensor> model, TensorSet images) => images
        .Batches(images.Fitting(250), null, "", default)
        .SelectMany(batch => LossGradient.Of(model, batch.Images, batch.Labels).Gradient.abs().flatten(1).mean([1]).data<float>().ToArray())
        .Select(mean => (double)mean).Median();

    /// <summary>
    /// By how much a variant's figure is above that of the first variant: the mean over seeds, each compared with the same seed, and its
    /// interval by Student's t. The intervals of one figure hold together at 95 % (Bonferroni): each is that of 1 - 0.05 / m, where m is
    /// the number of variants that are compared.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are fewer than two seeds.</exception>
    public (double Mean, Interval Interval) Effect(string variant, Func<AblationRun, double> figure)
    {
        var first = Of(Variants().First());
        var differences = Of(variant).Join(first, run => run.Seed, run => run.Seed, (run, other) => figure(run) - figure(other)).ToArray();
        if (differences.Length < 2)
            throw new InvalidOperationException(
                $"Ablation: an effect needs two seeds or more, and of {variant} there are {differences.Length}");
        return (differences.Mean(), OfMean(differences, 0.05 / (Variants().Count() - 1)));
    }

    /// <summary>The mean of a variant's figure over the seeds, and its 95 % interval by Student's t, null where there is one.</summary>
    public (double Mean, Interval? Interval) Mean(string variant, Func<AblationRun, double> figure)
    {
        double[] figures = [.. Of(variant).Select(figure)];
        return (figures.Mean(), figures.Length < 2 ? null : OfMean(figures, 0.05));
    }

    /// <param name="values">Two or more.</param>
    /// <param name="outside">The share of such intervals that miss: 0.05 at 95 %.</param>
    private static Interval OfMean(double[] values, double outside)
    {
        var t = StudentT.InvCDF(0, 1, values.Length - 1, 1 - outside / 2);
        var (mean, half) = (values.Mean(), t * values.StandardDeviation() / Math.Sqrt(values.Length));
        return new Interval(mean - half, mean + half);
    }

    /// <summary>The runs of a variant.</summary>
    public IEnumerable<AblationRun> Of(string variant) => Runs.Where(run => run.Variant == variant);

    /// <summary>Whether the other has the same data, training and attacks, whatever its runs are.</summary>
    public bool HasSettingsOf(Ablation other) => Settings() == other.Settings();

    private string Settings() => JsonSerializer.Serialize(this with { Runs = [] });
}
