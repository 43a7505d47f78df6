using Fgsm.Attacks;
using Fgsm.Reporting;
using Fgsm.Training;

namespace Fgsm.Tests;

/// <summary>A training of some seconds, in a process of its own, so that a test can kill it.</summary>
internal static class KilledTraining
{
    /// <summary>At 5 ms or more for an epoch, 20 kills within 50 ms and a save each leave some.</summary>
    public const int Epochs = 250;

    public static void Main(string[] arguments)
    {
        var started = false;
        Run(arguments[0], new Listener(_ =>
        {
            if (!started)
                Console.WriteLine("training");
            started = true;
            Thread.Sleep(5);
        }));
    }

    public static IReadOnlyList<EpochResult> Run(string file, IProgress<Progress>? progress = null)
    {
        var data = TinyProblem.Images(40);
        var model = TinyModels.WithDropout(3);
        return new Trainer(model, optim.Adam(model.parameters(), 1e-3), new AdversarialExamples(new FGSM(0.05))) { BatchSize = 16, Progress = progress, Checkpoint = new Checkpoint(file) }.Fit(data, Epochs);
    }
}
