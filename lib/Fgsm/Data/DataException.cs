namespace Fgsm.Data;

/// <summary>A data set cannot be used. The message is one line: which file, what is wrong, what to do.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the data set is simply not there and cannot be fetched; false when what is there is bad.</summary>
    public bool IsMissing { get; init; }
}
