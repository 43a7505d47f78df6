using System.Runtime.CompilerServices;

namespace Fgsm.Report.Tests;

/// <summary>A test that needs a Chromium, Chrome or Edge: skipped where there is none, unless CI says there must be.</summary>
public sealed class BrowserFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Missing, test)
{
    internal static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" || PdfPrinter.FindBrowser() is not null ? null : PdfPrinter.Missing;
}

/// <summary>A test of interactive figures: needs a browser, and a program that was built where npm is.</summary>
public sealed class InteractiveFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    BrowserFactAttribute.Missing ?? (HtmlPage.IsInteractive ? null : "The program was built without npm, so its figures are static."), test);

/// <summary>A test that needs pdfTeX.</summary>
public sealed class LatexFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    Installed.Has("pdflatex") ? null : "pdflatex is not installed (apt-get install texlive-latex-recommended lmodern).", test);

/// <summary>A test that needs GNU parallel: skipped where it is missing, unless CI says that it must be there.</summary>
public sealed class ParallelFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    Environment.GetEnvironmentVariable("CI") == "true" || Installed.Has("parallel") ? null
        : "GNU parallel is not installed (apt-get install parallel).", test);

/// <summary>A test that starts a Slurm of its own: skipped where it is missing, unless CI says that it must be there.</summary>
public sealed class SlurmFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    Environment.GetEnvironmentVariable("CI") == "true" || new[] { "sbatch", "slurmctld", "slurmd", "munged" }.All(Installed.Has) ? null
        : "Slurm is not installed (apt-get install slurm-wlm munge).", test);

internal static class Installed
{
    /// <summary>Whether a program is on the PATH, or where Debian has its daemons.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
