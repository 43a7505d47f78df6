using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Fgsm.Benchmarks;

/// <summary>The same work in PyTorch, in a Python process that measures one work at a time when asked.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    private Peer(Process process, string version) => (this.process, Version) = (process, version);

    /// <summary>PyTorch's.</summary>
    public string Version { get; }

    /// <summary>The peer on the first Python that has torch; null where there is none.</summary>
    public static Peer? Find() => Start("/usr/bin/python3") ?? Start("python3");

    private static Peer? Start(string python)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peer.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Waiting threads sleep, or they would slow our runs in between.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.Environment["OMP_NUM_THREADS"] = get_num_threads().ToString(CultureInfo.InvariantCulture);
        try
        {
            var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } version)
                return new Peer(process, version);
            process.Dispose();
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Milliseconds of one time of a work that is done several times.</summary>
    /// <exception cref="IOException">The peer has ended.</exception>
    public double Measure(Work work, int times)
    {
        process.StandardInput.WriteLine($"{work.Key} {times}");
        process.StandardInput.Flush();
        return double.TryParse(process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds
            : throw new IOException($"peer.py ended during '{work.Key}'; run it by hand to see why");
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
