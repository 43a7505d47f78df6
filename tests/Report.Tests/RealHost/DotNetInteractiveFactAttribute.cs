using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fgsm.Report.Tests;

/// <summary>A test in dotnet-interactive, driven by nbclient: skipped where one is missing, unless CI says that they must be there.</summary>
public sealed class DotNetInteractiveFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    Environment.GetEnvironmentVariable("CI") == "true" ? null : Missing, test)
{
    /// <summary>Debian's packages belong to this one.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly string? Missing =
        !Works(Python, "-c", "import nbclient") ? "nbclient is not installed (apt-get install python3-nbclient)."
        : !Works("dotnet", "tool", "run", "dotnet-interactive", "--", "--version") ? "dotnet-interactive is missing (dotnet tool restore)."
        : null;

    private static bool Works(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = AppContext.BaseDirectory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _ = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
