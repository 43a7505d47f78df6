using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Fgsm.Report.Tests;

/// <summary>What is written for a scheduler, run by that scheduler.</summary>
public sealed class JobScriptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// The quick run of a sweep and of the grid, each with two seeds, on few images: four pieces. One is killed while it runs.
    /// </summary>
    [SlurmFact]
    public void Slurm_WithATaskKilledAndQueuedAgain_GivesTheDigestsOfOneWholeRun()
    {
        using var checkout = new NotebookParametersTests.FewImages();
        // The sweep waits while this file is there, so that on any machine its second shard is killed in the middle.
        var hold = folder.File("hold");
        var testImages = $"""testImages = SpinWait.SpinUntil(() => !File.Exists("{hold}"), 600_000) ? 40 : 0""";
        checkout.Change("03-epsilon-sweep", "trainImages = 96", testImages);
        checkout.Change("04-practical-approach", "trainImages = 96", "testImages = 40", "pgdImages = 10");
        string[] run = ["--quick", "--grid", "--only", "03", "04", "--seeds", "2"];
        Report(checkout.Notebooks, [.. run, "--out", folder.File("whole"), "--format", "md"]);
        string[] jobs = ["jobs", "slurm", "--shards", "4", "--time", "0:30:00", "--partition", "all", .. Folders("pieces", "merged")];
        File.WriteAllText(folder.File("run.sh"), Report(checkout.Notebooks, [.. jobs, .. run]));
        using var slurm = new OneNodeSlurm();

        File.WriteAllText(hold, "");
        slurm.Run("bash", folder.File("run.sh"));
        var array = slurm.Run("squeue", "--noheader", "--name=fgsm-shard", "--format=%F").Split('\n')[0];
        var killed = folder.File("pieces/03-epsilon-sweep.seed-43");
        OneNodeSlurm.WaitUntil(() => File.Exists($"{killed}.running"), "the second shard does not run", seconds: 300);
        slurm.Run("scontrol", "requeue", $"{array}_2");
        var states = new[] { "squeue", "--noheader", "--format=%T", $"--jobs={array}_2" };
        OneNodeSlurm.WaitUntil(() => slurm.Run(states[0], states[1..]).Trim() == "PENDING", "the killed shard is not queued again");
        Assert.False(File.Exists($"{killed}.ipynb"));
        File.Delete(hold);
        OneNodeSlurm.WaitUntil(() => slurm.Run("squeue", "--noheader").Length == 0, "jobs are left", seconds: 900);

        Assert.Contains("Restarts=1 ", slurm.Run("scontrol", "show", "job", $"{array}_2"));
        Assert.Equal(Digests("whole"), Digests("merged"));
        Assert.Equal(4, Directory.GetFiles(folder.File("pieces"), "*.ipynb").Length);
        Assert.Contains("4 done, 0 running, 0 failed, 0 waiting", Report(checkout.Notebooks, ["status", folder.File("pieces")]));
    }

    [ParallelFact]
    public void Parallel_GivesTheDigestsOfOneWholeRun_AlsoInAFolderWithASpaceAndAQuote()
    {
        using var checkout = new SampleCheckout();
        checkout.AddSample();
        string[] run = ["--quick", "--seeds", "3"];
        Report(checkout.Repository.Root, [.. run, "--out", folder.File("whole")]);
        string[] jobs = ["jobs", "parallel", "--shards", "3", .. Folders("it's here/pieces", "it's here/merged")];
        var line = Report(checkout.Repository.Root, [.. jobs, .. run]);
        Assert.Single(line.TrimEnd().Split('\n'));

        AssertRuns(Start("bash", Path.GetTempPath(), "-c", line));

        Assert.Equal(Digests("whole"), Digests("it's here/merged"));
        Assert.Equal(3, Directory.GetFiles(folder.File("it's here/pieces"), "*.ipynb").Length);
    }

    [Fact]
    public void Kubernetes_FitsTheSchemaOfAnIndexedJob_AndItsCommandRunsTheShardOfItsPod()
    {
        using var checkout = new SampleCheckout();
        checkout.AddSample();
        string[] jobs = ["jobs", "kubernetes", "--shards", "2", .. Folders("it's: #here", "merged")];
        var manifest = Report(checkout.Repository.Root, [.. jobs, "--quick", "--seeds", "2"]);

        var job = KubernetesYaml.Deserialize<V1Job>(manifest, strict: true);

        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        Assert.Equal(("Indexed", 2, 2), (job.Spec.CompletionMode, job.Spec.Completions, job.Spec.Parallelism));
        Assert.Equal("Never", job.Spec.Template.Spec.RestartPolicy);
        var shard = Assert.Single(job.Spec.Template.Spec.Containers);
        Assert.Equal(job.Spec.Template.Spec.Volumes.Single().Name, shard.VolumeMounts.Single().Name);
        Assert.Equal(checkout.Repository.Root, shard.VolumeMounts.Single().MountPath);

        if (OperatingSystem.IsWindows())
            return;
        AssertRuns(Start("env", shard.WorkingDir, ["JOB_COMPLETION_INDEX=1", .. shard.Command, .. shard.Args]));
        var files = Directory.GetFiles(folder.File("it's: #here")).Select(Path.GetFileName);
        Assert.Equal(["01-sample.seed-43.ipynb", "plan.json"], files.Order(StringComparer.Ordinal));
    }

    private string[] Folders(string pieces, string report) => ["--pieces", folder.File(pieces), "--out", folder.File(report)];

    private IReadOnlyDictionary<string, string> Digests(string report) => RecordFolder.ReadProvenance(folder.File(report))!.AllDigests;

    private static string Report(string directory, string[] arguments) =>
        AssertRuns(Start("dotnet", directory, [typeof(ReportRun).Assembly.Location, .. arguments]));

    private static Process Start(string program, string directory, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string AssertRuns(Process process)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error.Result);
            return output.Result;
        }
    }
}
