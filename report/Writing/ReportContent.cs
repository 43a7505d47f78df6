using Fgsm.Data;

namespace Fgsm.Report;

/// <summary>All that a report is made of, besides its prose.</summary>
/// <param name="Records">The recorded results.</param>
/// <param name="Provenance">Where they come from.</param>
/// <param name="Notebooks">Names of the notebooks that ran.</param>
/// <param name="Quick">Whether this was only a smoke run.</param>
internal sealed record ReportContent(RecordSet Records, Provenance Provenance, IReadOnlyList<string> Notebooks, bool Quick)
{
    /// <summary>True when a notebook had to draw its data itself: nothing can then be said of the published values.</summary>
    public bool Synthetic => Provenance.Data.Any(data => data.StartsWith(SyntheticDigits.Name, StringComparison.Ordinal));
}
