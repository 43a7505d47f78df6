namespace Fgsm.Kernel.Jupyter;

/// <summary>Cursor positions: Jupyter counts code points, .NET counts UTF-16 units.</summary>
internal static class CursorText
{
    public static int ToUtf16(string text, int codePoints)
    {
        var position = 0;
        for (var i = 0; i < codePoints && position < text.Length; i++)
            position += position + 1 < text.Length && char.IsSurrogatePair(text, position) ? 2 : 1;
        return position;
    }

    public static int FromUtf16(string text, int position) => text.AsSpan(0, position).ToString().EnumerateRunes().Count();
}
