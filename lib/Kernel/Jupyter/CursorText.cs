namespace Fgsm.Kernel.Jupyter;

/// <summary>Cursor positions: Jupyter counts code points, .NET counts UTF-16 units.</summary>
internal static class CursorText
{
    public static int ToUtf16(string text, int codePoints) => text.EnumerateRunes().Take(codePoints).Sum(rune => rune.Utf16SequenceLength);

    public static int FromUtf16(string text, int position) => text.AsSpan(0, position).ToString().EnumerateRunes().Count();
}
