using System.Globalization;
using System.Text.Json;

namespace Fgsm.Report.Running;

/// <summary>Writes what an existing scheduler needs to run the shards and to merge them: text to read and to edit.</summary>
/// <param name="Checkout">The checkout, on a file system that all machines share.</param>
/// <param name="Here">Where the user stands, and relative paths start.</param>
/// <param name="Run">The options of the run, as on the command line.</param>
/// <param name="Folder">Where the shards keep their pieces.</param>
/// <param name="Report">Where the report goes.</param>
/// <param name="Shards">How many.</param>
internal sealed record JobScript(string Checkout, string Here, IReadOnlyList<string> Run, string Folder, string Report, int Shards)
{
    private static readonly string Program = $"dotnet {Quoted(typeof(JobScript).Assembly.Location)}";

    private string Count => Shards.ToString(CultureInfo.InvariantCulture);

    private string Shard => string.Join(' ', [Program, .. Run.Select(Quoted), "--out", Quoted(Folder), "--shard"]);

    private string Merge => $"{Program} merge {Quoted(Folder)} --out {Quoted(Report)}";

    /// <summary>
    /// A script that submits two jobs: an array with a task for each shard, and the merge, which waits until all of them have succeeded.
    /// </summary>
    /// <param name="time">The limit of a task, as Slurm writes it.</param>
    /// <param name="partition">Slurm's partition; null for its default.</param>
    public string ToSlurm(string time, string? partition) => Lines($"""
        #!/bin/bash
        # Run this with bash, on a machine that has sbatch: it submits {Count} shards, and their merge.
        set -euo pipefail

        # A shard that is preempted, or whose node fails, is queued again and goes on behind its finished pieces.
        shards=$(sbatch --parsable <<'END'
        #!/bin/bash
        #SBATCH --job-name=fgsm-shard
        #SBATCH --array=1-{Count}
        #SBATCH --time={time}
        {Partition(partition)}
        #SBATCH --cpus-per-task=2
        #SBATCH --mem=8G
        #SBATCH --requeue
        #SBATCH --output=fgsm-shard-%A-%a.log
        #SBATCH --open-mode=append
        export DOTNET_PROCESSOR_COUNT=2 OMP_NUM_THREADS=2
        cd {Quoted(Here)}
        exec {Shard} "$SLURM_ARRAY_TASK_ID/{Count}"
        END
        )
        echo "Submitted batch job $shards"

        sbatch --dependency="afterok:$shards" <<'END'
        #!/bin/bash
        #SBATCH --job-name=fgsm-merge
        #SBATCH --time=1:00:00
        {Partition(partition)}
        #SBATCH --mem=8G
        #SBATCH --kill-on-invalid-dep=yes
        #SBATCH --output=fgsm-merge-%j.log
        cd {Quoted(Here)}
        exec {Merge}
        END
        """);

    /// <summary>A line for GNU parallel, on this machine: one shard for every two processors at a time, then the merge.</summary>
    public string ToParallel() => string.Join(" && ",
        $"cd {Quoted(Here)}",
        $"seq {Count} | DOTNET_PROCESSOR_COUNT=2 OMP_NUM_THREADS=2 parallel --jobs 50% {Quoted($"{Shard} {{}}/{Count}")}",
        $"{Merge}\n");

    /// <summary>An Indexed Job, whose pods find the checkout on a volume at the same path as here.</summary>
    public string ToKubernetes() => Lines($"""
        # kubectl apply -f THIS_FILE. A pod that is evicted starts again and goes on behind its finished pieces. When the job is
        # complete, run this where the volume is mounted:
        #   {Merge}
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: fgsm-report
        spec:
          completionMode: Indexed
          completions: {Count}
          parallelism: {Count}
          backoffLimit: {Count}
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: shard
                  image: mcr.microsoft.com/dotnet/sdk:10.0
                  workingDir: {Json(Here)}
                  command: [bash, -c]
                  args:
                    - |
                      exec {Shard} "$((JOB_COMPLETION_INDEX + 1))/{Count}"
                  env:
                    - name: OMP_NUM_THREADS
                      value: "2"
                  resources:
                    limits:
                      cpu: "2"
                      memory: 8Gi
                  volumeMounts:
                    - name: checkout
                      mountPath: {Json(Checkout)}
              volumes:
                - name: checkout
                  persistentVolumeClaim:
                    claimName: fgsm-notebooks
        """);

    private static string Partition(string? name) => name is null ? "##SBATCH --partition=NAME" : $"#SBATCH --partition={name}";

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+=:,@%".Contains(c))
            ? text
            : $"'{text.Replace("'", "'\\''")}'";

    private static string Lines(string text) => text.ReplaceLineEndings("\n") + "\n";
}
