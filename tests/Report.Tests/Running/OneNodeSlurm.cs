using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fgsm.Report.Tests;

/// <summary>A real Slurm of one node, this machine, with all its files in one folder; it is stopped at the end.</summary>
internal sealed class OneNodeSlurm : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<Process> daemons = [];

    public OneNodeSlurm()
    {
        foreach (var inside in new[] { "state", "spool" })
            Directory.CreateDirectory(folder.File(inside));
        File.WriteAllBytes(folder.File("munge.key"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(64));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.File("munge.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var host = Environment.MachineName.Split('.')[0];
        // More processors than there are: what is tested is who runs what, not how fast. A job that is queued again waits until
        // its credential has expired.
        File.WriteAllText(folder.File("slurm.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=fgsm
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            AuthInfo=socket={folder.File("munge.socket")},cred_expire=5
            StateSaveLocation={folder.File("state")}
            SlurmdSpoolDir={folder.File("spool")}
            SlurmctldPidFile={folder.File("slurmctld.pid")}
            SlurmdPidFile={folder.File("slurmd.pid")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            MailProg=/bin/true
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU_Memory
            SlurmdParameters=config_overrides
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=65536
            PartitionName=all Nodes=ALL Default=YES

            """));
        try
        {
            Start(
                "munged", "--foreground", "--force", $"--key-file={folder.File("munge.key")}", $"--socket={folder.File("munge.socket")}",
                $"--pid-file={folder.File("munge.pid")}", $"--log-file={folder.File("munge.log")}",
                $"--seed-file={folder.File("munge.seed")}");
            WaitUntil(() => File.Exists(folder.File("munge.socket")), "munged has no socket");
            Start("slurmctld", "-D");
            Start("slurmd", "-D");
            WaitUntil(() => Run("sinfo", "--noheader", "--format=%t").Trim() == "idle", "the node is not idle");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a program that talks to this Slurm.</summary>
    public string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SLURM_CONF"] = folder.File("slurm.conf") },
        })!;
        var (output, _) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return output.Result;
    }

    public static void WaitUntil(Func<bool> happened, string otherwise, int seconds = 120)
    {
        var clock = Stopwatch.StartNew();
        while (!happened())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"After {seconds} seconds {otherwise}.");
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        // A test that failed may have left jobs.
        if (daemons.Count == 3 && Run("squeue", "--noheader").Length > 0)
        {
            Run("scancel", "--partition=all");
            Thread.Sleep(2000);
        }
        foreach (var daemon in Enumerable.Reverse(daemons))
        {
            daemon.Kill();
            daemon.WaitForExit();
            daemon.Dispose();
        }
        folder.Dispose();
    }

    private void Start(string program, params string[] arguments)
    {
        var daemon = Process.Start(new ProcessStartInfo(File.Exists($"/usr/sbin/{program}") ? $"/usr/sbin/{program}" : program, arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SLURM_CONF"] = folder.File("slurm.conf") },
        })!;
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        daemons.Add(daemon);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
