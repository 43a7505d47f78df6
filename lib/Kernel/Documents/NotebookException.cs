namespace Fgsm.Kernel.Documents;

/// <summary>A mistake in a notebook or around it, told in one line: what is wrong, where, what to do.</summary>
public sealed class NotebookException(string message, Exception? inner = null) : Exception(message, inner);
