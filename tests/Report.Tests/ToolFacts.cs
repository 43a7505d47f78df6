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
public sealed class LatexFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Missing, test)
{
    private static string? Missing =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "pdflatex"))) ? null
        : "pdflatex is not installed (apt-get install texlive-latex-recommended lmodern).";
}
