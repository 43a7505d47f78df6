using System.Runtime.CompilerServices;

namespace Fgsm.Report.Tests;

/// <summary>A test that draws charts in a browser: skipped where that or plotly.js is missing, unless CI says that they must be there.</summary>
public sealed class PlotlyTheoryAttribute([CallerMemberName] string test = "") : ReasonedTheoryAttribute(Missing, test)
{
    public static readonly string Packages =
        Path.Combine(Checkout.Above(AppContext.BaseDirectory)!, "tests", "Report.Tests", "Charts", "node_modules");

    private static string? Missing => BrowserFactAttribute.Missing
        ?? (Environment.GetEnvironmentVariable("CI") == "true" || Directory.Exists(Packages) ? null
            : "The tests were built without npm, so there is no plotly.js to draw with.");
}
