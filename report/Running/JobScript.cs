using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>Writes what an existing scheduler needs to run the shards and to merge them: text to read and to edit.</summary>
/// <param name="Root">The checkout, on a file system that all machines share.</param>
/// <param name="Run">The options of the run, as on the command line, without --out.</param>
/// <param name="Folder">Where the pieces go.</param>
/// <param name="Report">Where the report goes.</param>
/// <param name="Shards">How many.</param>
internal sealed record JobScript(string Root, string Run, string Folder, string Report, int Shards)
{
    private string Program => $"dotnet {Quoted(System.IO.Path.Combine(Root, "report", "bin", "Release", "net10.0", "fgsm-report.dll"))}";

    private string Merge => $"{Program} merge {Quoted(Folder)} --out {Quoted(Report)}";

    /// <summary>An sbatch script: submitted once it is the array, and it submits the merge that waits for all of it.</summary>
    public string ToSlurm(string time, string? partition) => Lines($"""
        #!/bin/bash
        # sbatch this file: an array of {Shards} shards, each requeued when it is preempted or its node fails. A shard that starts
        # again goes on behind its finished pieces. When all are done, the merge runs:
        #   job=$(sbatch --parsable THIS_FILE)
        #   sbatch --dependency=afterok:$job --time=0:30:00 --wrap '{Merge}'
        #SBATCH --job-name=fgsm-report
        #SBATCH --array=1-{Number(Shards)}
        #SBATCH --time={time}
        {(partition is null ? "##SBATCH --partition=NAME" : $"#SBATCH --partition={partition}")}
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=2
        #SBATCH --mem=8G
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --output=fgsm-report-%A-%a.log
        set -euo pipefail
        cd {Quoted(Root)}
        export DOTNET_CLI_TELEMETRY_OPTOUT=1 OMP_WAIT_POLICY=PASSIVE
        exec {Program}{Run} --out {Quoted(Folder)} --shard "$SLURM_ARRAY_TASK_ID/{Number(Shards)}"
        """);

    /// <summary>One line for GNU parallel, on this machine's processors, two for each shard.</summary>
    public string ToParallel() => Lines($$"""
        cd {{Quoted(Root)}} && parallel --jobs 50% --retries 2 {{Program}}{{Run}} --out {{Quoted(Folder)}} --shard {}/{{Number(Shards)}} ::: $(seq {{Number(Shards)}}) && {{Merge}}
        """);

    /// <summary>An Indexed Job: its pods share the checkout on a volume. The image needs .NET alone.</summary>
    public string ToKubernetes() => Lines($"""
        # kubectl apply -f THIS_FILE; a pod that is evicted starts again and goes on behind its finished pieces. When the job is
        # complete, run in one pod or on any machine that has the volume:
        #   {Merge}
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: fgsm-report
        spec:
          completionMode: Indexed
          completions: {Number(Shards)}
          parallelism: {Number(Shards)}
          backoffLimit: {Number(2 * Shards)}
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: shard
                  image: mcr.microsoft.com/dotnet/sdk:10.0
                  workingDir: {Root}
                  command: [bash, -c]
                  args:
                    - |
                      exec {Program}{Run} --out {Quoted(Folder)} --shard "$((JOB_COMPLETION_INDEX + 1))/{Number(Shards)}"
                  env:
                    - name: OMP_WAIT_POLICY
                      value: PASSIVE
                  resources:
                    requests:
                      cpu: "2"
                      memory: 8Gi
                  volumeMounts:
                    - name: checkout
                      mountPath: {Root}
              volumes:
                - name: checkout
                  persistentVolumeClaim:
                    claimName: fgsm-notebooks
        """);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c)) ? text : $"'{text.Replace("'", "'\\''")}'";

    private static string Lines(string text) => text.ReplaceLineEndings("\n") + "\n";
}
