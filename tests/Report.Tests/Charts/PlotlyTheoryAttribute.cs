namespace Fgsm.Report.Tests;

/// <summary>A test that draws charts in a browser: skipped where that or plotly.js is missing, unless CI says that they must be there.</summary>
public sealed class PlotlyTheoryAttribute : TheoryAttribute
{
    public static readonly string Packages =
        Path.Combine(Repository.Above(AppContext.BaseDirectory)!, "tests", "Report.Tests", "Charts", "node_modules");

    public PlotlyTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            return;
        if (PdfPrinter.FindBrowser() is null)
            Skip = PdfPrinter.Missing;
        else if (!Directory.Exists(Packages))
            Skip = "The tests were built without npm, so there is no plotly.js to draw with.";
    }
}
