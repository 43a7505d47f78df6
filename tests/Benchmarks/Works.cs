using Fgsm.Attacks;
using Fgsm.Data;
using Fgsm.Evaluation;
using Fgsm.Models;
using Fgsm.Training;

namespace Fgsm.Benchmarks;

/// <summary>One thing to measure. The peer knows it by its key; peer.py has the same work in PyTorch.</summary>
/// <param name="Key">For peer.py.</param>
/// <param name="Name">For the table.</param>
/// <param name="Operations">Floating-point operations of the method in use, convolutions counted as direct ones.</param>
/// <param name="Times">How often the work is done in one measurement.</param>
/// <param name="Run">Does it once.</param>
internal sealed record Work(string Key, string Name, double Operations, int Times, Action Run);

/// <summary>What is compared with PyTorch, on random images: the zeros behind ReLU, which some products leave out, are fewer with them than with digits.</summary>
internal static class Works
{
    private static readonly double[] Eps = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];

    // Multiplications and additions of one image: output elements times terms, twice.
    private const double BFirst = 2.0 * 32 * 28 * 28 * 25;
    private const double B = BFirst + 2.0 * 64 * 14 * 14 * 32 * 25 + 2.0 * 3136 * 1024 + 2.0 * 1024 * 10;
    private const double EFirst = 2.0 * 32 * 26 * 26 * 9;
    private const double E = EFirst + 2.0 * 64 * 24 * 24 * 32 * 9 + 2.0 * 36864 * 128 + 2.0 * 128 * 10;

    // Forward, weight gradients and, from the second layer on, input gradients.
    private const double TrainB = 3 * B - BFirst;
    private const double TrainE = 3 * E - EFirst;
    // Forward and all input gradients.
    private const double AttackB = 2 * B;

    /// <param name="full">Also what takes minutes: all 10,000 test images, and report B as a whole.</param>
    public static IEnumerable<Work> All(bool full)
    {
        manual_seed(42);
        var model = Cnn.ReportB();
        var optimizer = Sgd(model);
        var (batch, thousand) = (Images(128), Images(1000));
        var attack = new FGSM(0.1);
        var training = new Trainer(model, optimizer);
        var adversarial = new Trainer(model, optimizer, new AdversarialExamples(new FGSM(8 / 255.0)));
        yield return new("train-step", "training step, batch 128", 128 * TrainB, 10, () => training.Fit(batch, 1));
        yield return new("adversarial-step", "adversarial training step (50/50), batch 128", 128 * TrainB + 64 * AttackB, 5, () => adversarial.Fit(batch, 1));
        yield return new("forward", "forward, 1,000 images", 1000 * B, 2, () => Predictions.Of(model, thousand));
        yield return new("fgsm", "FGSM, 1,000 images", 1000 * AttackB, 1, () => attack.Attack(model, thousand.Images, thousand.Labels).Dispose());
        yield return full
            ? Sweep("full-sweep", "10,000", Images(10_000))
            : Sweep("sweep", "1,000", thousand);
        var e = ReportE();
        var small = Images(64);
        var trainingE = new Trainer(e, optim.Adam(e.parameters(), 1e-3)) { BatchSize = 64 };
        yield return new("report-e-step", "report E's CNN, training step, batch 64", 64 * TrainE, 5, () => trainingE.Fit(small, 1));
        const double reportB = 60_000 * (13 * TrainB + 4 * AttackB) + 2 * 10_000 * (AttackB + 3 * B);
        yield return full
            ? new("report-b", "report B as a whole", reportB, 1, () => WholeReportB(1))
            : new("report-b-tenth", "report B as a whole, on a tenth of the images", reportB / 10, 1, () => WholeReportB(10));

        Work Sweep(string key, string count, TensorSet images) =>
            new(key, $"sweep of {Eps.Length} eps, {count} images", images.Count * (AttackB + Eps.Length * B), 1, () => EpsSweep.Run(model, images, Eps));
    }

    private static void WholeReportB(int share)
    {
        var (train, test) = (Images(60_000 / share), Images(10_000 / share));
        double[] eps = [2 / 255.0, 4 / 255.0, 8 / 255.0];
        foreach (var (epochs, examples) in new[] { (5, null), (8, new AdversarialExamples(new FGSM(8 / 255.0))) })
        {
            using var model = Cnn.ReportB();
            new Trainer(model, Sgd(model), examples).Fit(train, epochs);
            EpsSweep.Run(model, test, eps);
        }
    }

    /// <summary>Report E's CNN: no padding, no pooling.</summary>
    private static Sequential ReportE() => nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 24 * 24, 128), nn.ReLU(), nn.Linear(128, 10));

    private static optim.Optimizer Sgd(nn.Module model) => optim.SGD(model.parameters(), 0.01, momentum: 0.9);

    private static TensorSet Images(int count) => new(rand(count, 1, 28, 28), randint(0, 10, count));
}
