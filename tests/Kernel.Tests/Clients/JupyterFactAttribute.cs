using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>A test that needs Jupyter: skipped where there is none, unless CI says there must be.</summary>
public sealed class JupyterFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Missing, test)
{
    /// <summary>Debian's packages belong to this one.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly bool IsInstalled = HasJupyter();

    private static string? Missing => IsInstalled || Environment.GetEnvironmentVariable("CI") == "true" ? null
        : "Jupyter is not installed (apt-get install jupyter-client python3-nbclient jupyter-nbconvert).";

    private static bool HasJupyter()
    {
        if (!File.Exists(Python))
            return false;
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import jupyter_client, nbclient, nbconvert"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
