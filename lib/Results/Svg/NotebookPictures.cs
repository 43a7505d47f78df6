using System.Reflection;

namespace Fgsm.Results.Svg;

/// <summary><see cref="FigurePictures"/> for notebooks, drawn by a loader of their own.</summary>
internal static class NotebookPictures
{
    private static readonly Lazy<Func<string, float, byte[]>?> Draw = new(Load);

    /// <summary>A figure's SVG as PNG in base64, as large as the SVG; null where Skia does not load.</summary>
    public static string? Png(string drawing) => Draw.Value is { } draw ? Convert.ToBase64String(draw(drawing, 1)) : null;

    private static Func<string, float, byte[]>? Load()
    {
        var type = OwnLoader.Load(typeof(FigurePictures));
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetProperty(nameof(FigurePictures.Missing))!.GetValue(null) is null
            ? type.GetMethod(nameof(FigurePictures.Png), Static, [typeof(string), typeof(float)])!.CreateDelegate<Func<string, float, byte[]>>()
            : null;
    }
}
