using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Fgsm.Data;

namespace Fgsm.Benchmarks;

/// <summary>The notebook kernel, installed as a user installs it, under Jupyter's own client.</summary>
internal static class KernelTimes
{
    private const string Name = "fgsm-benchmark";

    /// <summary>Medians in milliseconds; nothing where /usr/bin/python3 has no jupyter_client.</summary>
    public static IEnumerable<(string Work, double Milliseconds)> Measure(TextWriter log)
    {
        if (Run("/usr/bin/python3", ["-c", "import jupyter_client"], null) is null)
            yield break;
        log.WriteLine("notebook kernel ...");
        var prefix = Directory.CreateTempSubdirectory("fgsm-kernel-").FullName;
        try
        {
            var checkout = DataFolders.Checkout() ?? throw new IOException("the benchmarks must run inside the checkout");
            if (Run("dotnet", ["run", "-c", "Release", "--project", Path.Combine(checkout, "lib", "Kernel"), "--", "install", "--prefix", prefix, "--name", Name], null) is null)
                throw new IOException("the kernel could not be installed; run `dotnet run -c Release --project lib/Kernel -- install` to see why");
            var line = Run("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "kernel.py"), Name], Path.Combine(prefix, "share", "jupyter"))
                ?? throw new IOException("kernel.py ended early; run it by hand to see why");
            var times = line.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
            yield return ("notebook kernel, from start to first result", times[0]);
            yield return ("notebook kernel, a trivial cell", times[1]);
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    /// <summary>What a program printed; null if there is no such program, or it failed.</summary>
    private static string? Run(string program, string[] arguments, string? jupyterPath)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (jupyterPath is not null)
            start.Environment["JUPYTER_PATH"] = jupyterPath;
        try
        {
            using var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
