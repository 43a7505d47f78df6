using System.Diagnostics;
using Fgsm.Training;

namespace Fgsm.Tests;

public sealed class KillTests : IDisposable
{
    private const int Kills = 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Each process may do some epochs; it is killed while it saves the last of them, or trains the next. Every other kill waits for the temporary file of a save.</summary>
    [Fact]
    public void ATrainingKilled20TimesAtRandomMoments_EndsWithTheBitsOfOneLeftAlone()
    {
        var random = new Random(7);
        var (killed, alone) = (new Checkpoint(folder.File("killed.pth")), new Checkpoint(folder.File("alone.pth")));
        var done = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(KilledTraining).Assembly.Location, killed.File]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            for (var left = random.Next(1, 6); left > 0; left--)
            {
                Assert.NotNull(child.StandardOutput.ReadLine());
                child.StandardInput.WriteLine();
            }
            if (kill % 2 == 0)
                Thread.Sleep(random.Next(20));
            else
                SpinWait.SpinUntil(() => File.Exists(killed.TrainingFile + ".tmp"), TimeSpan.FromMilliseconds(50));
            child.Kill();
            child.WaitForExit();

            // Whenever it was killed, what was kept is whole, and never less than before.
            var kept = File.Exists(killed.TrainingFile) ? (long)PyTorchFile.Read(killed.TrainingFile)["epoch"]! : 0;
            Assert.InRange(kept, done, KilledTraining.Epochs - 1);
            done = (int)kept;
        }
        Assert.NotEqual(0, done);

        var epochs = KilledTraining.Run(killed.File);

        Assert.Equal(KilledTraining.Run(alone.File).Select(e => (e.Epoch, e.Loss, e.Accuracy)), epochs.Select(e => (e.Epoch, e.Loss, e.Accuracy)));
        Assert.Equal(Weights(alone), Weights(killed));
        Assert.Equal(GeneratorState(alone), GeneratorState(killed));
    }

    private static IEnumerable<string> Weights(Checkpoint checkpoint) => PyTorchFile.Read(checkpoint.File).Select(w => $"{w.Key} {((Tensor)w.Value!).Sha256()}");

    private static byte[] GeneratorState(Checkpoint checkpoint) => ((Tensor)PyTorchFile.Read(checkpoint.TrainingFile)["rng_state"]!).data<byte>().ToArray();
}
