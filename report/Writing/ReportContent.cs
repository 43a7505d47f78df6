namespace Fgsm.Report;

/// <summary>All that a report is made of, besides its prose.</summary>
/// <param name="Records">The recorded results.</param>
/// <param name="Provenance">Where they come from.</param>
/// <param name="Notebooks">Names of the notebooks that ran.</param>
/// <param name="Quick">Whether this was only a smoke run.</param>
internal sealed record ReportContent(RecordSet Records, Provenance Provenance, IReadOnlyList<string> Notebooks, bool Quick);
