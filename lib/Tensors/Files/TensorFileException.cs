namespace Fgsm.Tensors;

/// <summary>A file of tensors cannot be read or written. The message is one line: which file, and why.</summary>
public sealed class TensorFileException(string file, string reason, Exception? inner = null) : Exception($"{file}: {reason}", inner);
