using System.Diagnostics;
using Fgsm.Results;

namespace Fgsm.Benchmarks.Kernel;

/// <summary>The notebook kernel, installed as a user installs it, asked by a client of Jupyter's protocol.</summary>
internal static class KernelTimes
{
    private const string Name = "fgsm-benchmark";
    private const int Starts = 5, Cells = 50;

    /// <summary>Medians in milliseconds.</summary>
    /// <exception cref="IOException">The kernel cannot be installed, or ends early.</exception>
    public static IEnumerable<(string Work, double Milliseconds)> Measure()
    {
        var prefix = Directory.CreateTempSubdirectory("fgsm-kernel-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            var folder = Install(prefix);
            yield return ("installation with ahead-of-time compilation", clock.Elapsed.TotalMilliseconds);
            var (starts, cells) = (new List<double>(), new List<double>());
            for (var start = 0; start < Starts; start++)
            {
                clock.Restart();
                using var kernel = KernelClient.Start(folder);
                kernel.Execute("1 + 1");
                starts.Add(clock.Elapsed.TotalMilliseconds);
                for (var cell = 0; cell < Cells; cell++)
                {
                    clock.Restart();
                    kernel.Execute($"{cell} + 1");
                    cells.Add(clock.Elapsed.TotalMilliseconds);
                }
            }
            yield return ("from start to first result", Pace.Median(starts)!.Value);
            yield return ("a trivial cell", Pace.Median(cells)!.Value);
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    /// <summary>The folder of the kernelspec.</summary>
    private static string Install(string prefix)
    {
        var checkout = Checkout.Folder ?? throw new IOException("the benchmarks must run inside the checkout");
        var project = Path.Combine(checkout, "lib", "Kernel");
        string[] arguments = ["run", "-c", "Release", "--project", project, "--", "install", "--prefix", prefix, "--name", Name];
        using var install = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        install.StandardOutput.ReadToEnd();
        install.WaitForExit();
        return install.ExitCode == 0 ? Path.Combine(prefix, "share", "jupyter", "kernels", Name)
            : throw new IOException("the notebook kernel could not be installed; its own words are above");
    }
}
