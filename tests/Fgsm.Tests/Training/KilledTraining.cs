using Fgsm.Attacks;
using Fgsm.Results;
using Fgsm.Training;

namespace Fgsm.Tests;

/// <summary>A short training, in a process of its own, so that a test can kill it.</summary>
internal static class KilledTraining
{
    /// <summary>More than the test lets the killed processes do.</summary>
    public const int Epochs = 5 * Engine.Kills + 10;

    /// <summary>Before each epoch is saved, tells its number and waits for a line.</summary>
    public static int Main(string[] arguments)
    {
        try
        {
            Run(arguments[0], new Listener(progress =>
            {
                Console.WriteLine(progress.Epoch);
                Console.ReadLine();
            }));
            return 0;
        }
        catch (TensorFileException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }

    public static IReadOnlyList<EpochResult> Run(string file, IProgress<Progress>? progress = null)
    {
        var data = TinyProblem.Images(40);
        var model = TinyModels.WithDropout(3);
        return new Trainer(model, optim.Adam(model.parameters(), 1e-3), new AdversarialExamples(new FGSM(0.05))) { BatchSize = 16, Progress = progress, Checkpoint = new Checkpoint(file) }.Fit(data, Epochs);
    }
}
