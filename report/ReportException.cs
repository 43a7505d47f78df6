namespace Fgsm.Report;

/// <summary>The run cannot go on. The message is one line for the user: what, where, what to do.</summary>
internal sealed class ReportException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the command line asked for what cannot be.</summary>
    public bool IsUsage { get; init; }
}
