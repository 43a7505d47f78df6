namespace Fgsm.Report;

/// <summary>What the command line asks of a run.</summary>
/// <param name="Settings">What decides the numbers.</param>
/// <param name="Only">Names or numbers of notebooks; empty for all.</param>
/// <param name="Data">A data folder to look in first; null for the standard search.</param>
/// <param name="Out">The folder of the report; null for report/out in the checkout.</param>
internal sealed record ReportOptions(RunSettings Settings, IReadOnlyList<string> Only, string? Data = null, string? Out = null)
{
    /// <summary>The forms to write.</summary>
    public IReadOnlyCollection<ReportFormat> Formats { get; init; } = [ReportFormat.Md, ReportFormat.Html];

    /// <summary>Whether the report may take the place of one with other notebooks, or of a full run.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether the times of the phases are printed.</summary>
    public bool Timings { get; init; }

    /// <summary>The user's own template; null for the project's.</summary>
    public string? Template { get; init; }
}

/// <summary>What decides the numbers of a run, besides notebooks and data. It is recorded, so that the run can be verified.</summary>
/// <param name="Quick">A smoke run in about two minutes: fewer images, fewer epochs.</param>
/// <param name="Seed">The first seed of every generator; null for the notebook's own.</param>
/// <param name="Seeds">How many seeds, one after the other; 1 or more.</param>
/// <param name="Grid">The whole grid of settings, where a notebook has one.</param>
/// <param name="Fresh">Everything is trained afresh, where a notebook could load weights.</param>
/// <param name="Engine">What computes: the name of a script in notebooks/engine.</param>
/// <param name="Parameters">Parameters of notebooks with other values, each as "name=value", the value in C#; null for none.</param>
internal sealed record RunSettings(
    bool Quick = false, int? Seed = null, int Seeds = 1, bool Grid = false, bool Fresh = false, string Engine = RunSettings.EmbeddedEngine,
    IReadOnlyList<string>? Parameters = null)
{
    public const string EmbeddedEngine = "embedded";
}
