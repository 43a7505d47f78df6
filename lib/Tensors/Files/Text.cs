namespace Fgsm.Tensors.Files;

/// <summary>How a message shows what a file says, which may be anything.</summary>
internal static class Text
{
    private const int Longest = 80;

    /// <summary>On one line, without control characters, and not too long.</summary>
    public static string Quoted(string text) => $"'{(text.Length <= Longest ? Clean(text) : Clean(text[..Longest]) + "...")}'";

    public static string Of(long[] shape) => shape.Length <= 16 ? Shape.Text(shape) : $"({shape.Length} dimensions)";

    private static string Clean(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));
}
