namespace Fgsm.Report.Tests;

/// <summary>A test that needs a Chromium, Chrome or Edge: skipped where there is none, unless CI says there must be.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && PdfPrinter.FindBrowser() is null)
            Skip = PdfPrinter.Missing;
    }
}

/// <summary>A test of interactive figures: needs a browser, and a program that was built where npm is.</summary>
public sealed class InteractiveFactAttribute : FactAttribute
{
    public InteractiveFactAttribute()
    {
        if (PdfPrinter.FindBrowser() is null && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = PdfPrinter.Missing;
        else if (!HtmlPage.IsInteractive)
            Skip = "The program was built without npm, so its figures are static.";
    }
}

/// <summary>A test that needs pdfTeX.</summary>
public sealed class LatexFactAttribute : FactAttribute
{
    public LatexFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "pdflatex"))))
            Skip = "pdflatex is not installed (apt-get install texlive-latex-recommended lmodern).";
    }
}
