using System.Diagnostics;
using Fgsm.Attacks;
using Fgsm.Training;

namespace Fgsm.Tests;

public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Each process may do some epochs; it is killed while it saves the last of them, or trains the next. Every other kill waits for the temporary file of a save.</summary>
    [Fact]
    public void ATrainingKilledAtRandomMoments_EndsWithTheBitsOfOneLeftAlone()
    {
        var random = new Random(7);
        var (killed, alone) = (new Checkpoint(folder.File("killed.pth")), new Checkpoint(folder.File("alone.pth")));
        var done = 0;
        for (var kill = 0; kill < Engine.Kills; kill++)
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
                SpinWait.SpinUntil(() => Temporary.Length > 0, TimeSpan.FromMilliseconds(50));
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
        Assert.Empty(Temporary);
    }

    /// <summary>The process may write no longer files than this: what the system says then, it says of a full disk too.</summary>
    [Fact]
    public void ATrainingWhoseDiskIsFull_IsRefusedInOneLine_AndLeavesWhatWasKept()
    {
        var (random, kept) = (new Random(7), new Checkpoint(folder.File("kept.pth")));
        var model = TinyModels.WithDropout(3);
        new Trainer(model, optim.Adam(model.parameters(), 1e-3), new AdversarialExamples(new FGSM(0.05))) { BatchSize = 16, Checkpoint = kept }.Fit(TinyProblem.Images(40), 2);
        var (training, weights) = (File.ReadAllBytes(kept.TrainingFile), File.ReadAllBytes(kept.File));
        for (var disk = 0; disk < Engine.FullDisks; disk++)
        {
            // In blocks of 512 bytes.
            var blocks = random.Next(4, training.Length / 512);
            using var child = Process.Start(new ProcessStartInfo("sh", ["-c", $"trap '' XFSZ; ulimit -f {blocks}; exec dotnet exec \"$0\" \"$1\"", typeof(KilledTraining).Assembly.Location, kept.File])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
                // The runtime itself writes a long file otherwise.
                Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
            })!;
            child.StandardInput.Close();
            var lines = child.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
            child.WaitForExit();

            Assert.Equal(1, child.ExitCode);
            // After the number of the epoch.
            Assert.Equal(2, lines.Length);
            Assert.StartsWith($"{kept.TrainingFile}: cannot be written: ", lines[1]);
            Assert.Equal(training, File.ReadAllBytes(kept.TrainingFile));
            Assert.Equal(weights, File.ReadAllBytes(kept.File));
            Assert.Empty(Temporary);
        }
    }

    private string[] Temporary => Directory.GetFiles(folder.Path, "*.tmp");

    private static IEnumerable<string> Weights(Checkpoint checkpoint) => PyTorchFile.Read(checkpoint.File).Select(w => $"{w.Key} {((Tensor)w.Value!).Sha256()}");

    private static byte[] GeneratorState(Checkpoint checkpoint) => ((Tensor)PyTorchFile.Read(checkpoint.TrainingFile)["rng_state"]!).data<byte>().ToArray();
}
