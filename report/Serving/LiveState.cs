namespace Fgsm.Report.Serving;

/// <summary>What a run shows while it goes on.</summary>
/// <param name="Heading">The notebook and its place in the run.</param>
/// <param name="Cell">The running cell, in words.</param>
/// <param name="Progress">How far it is, in words; null when it has not said.</param>
/// <param name="Fraction">How far it is, from 0 to 1; null when it has not said.</param>
/// <param name="Curves">Figures of the notebook's trainings so far, as <see cref="FigureJson.ToJson"/> writes them.</param>
internal sealed record LiveState(string Heading, string Cell, string? Progress, double? Fraction, IReadOnlyList<string> Curves);
