namespace Fgsm.Report;

/// <summary>What the command line asks for.</summary>
/// <param name="Quick">A smoke run in about a minute: fewer images, fewer epochs.</param>
/// <param name="Only">Names or numbers of notebooks; empty for all.</param>
/// <param name="Seed">The seed of every generator; null for the notebook's own.</param>
/// <param name="Data">A data folder to look in first; null for the standard search.</param>
/// <param name="Out">The folder of the report; null for report/out in the checkout.</param>
internal sealed record ReportOptions(bool Quick, IReadOnlyList<string> Only, int? Seed, string? Data, string? Out);
