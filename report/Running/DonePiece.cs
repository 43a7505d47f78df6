namespace Fgsm.Report.Running;

/// <summary>A piece that is done.</summary>
/// <param name="Document">The notebook as it ran.</param>
/// <param name="Time">How long it took.</param>
internal sealed record DonePiece(Notebook Document, TimeSpan Time);
