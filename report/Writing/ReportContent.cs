namespace Fgsm.Report.Writing;

/// <summary>All that a report is made of, besides its prose.</summary>
/// <param name="Records">The recorded results.</param>
/// <param name="Provenance">Where they come from.</param>
internal sealed record ReportContent(RecordSet Records, Provenance Provenance);
