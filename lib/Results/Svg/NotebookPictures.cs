using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Fgsm.Results.Svg;

/// <summary>
/// <see cref="FigurePictures"/> for notebooks. Svg.Skia names an older SkiaSharp than the one beside it; a program takes both for one,
/// a notebook's loader does not, and does not find Skia's native library either. So the pictures are drawn by a loader of their own.
/// </summary>
internal static class NotebookPictures
{
    private static readonly Lazy<Func<string, float, byte[]>?> Draw = new(Load);

    /// <summary>A figure's SVG as PNG in base64, as large as the SVG; null where Skia does not load.</summary>
    public static string? Png(string drawing) => Draw.Value is { } draw ? Convert.ToBase64String(draw(drawing, 1)) : null;

    private static Func<string, float, byte[]>? Load()
    {
        var type = new Loader().LoadFromAssemblyPath(typeof(FigurePictures).Assembly.Location).GetType(typeof(FigurePictures).FullName!)!;
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetProperty(nameof(FigurePictures.Missing))!.GetValue(null) is null
            ? type.GetMethod(nameof(FigurePictures.Png), Static, [typeof(string), typeof(float)])!.CreateDelegate<Func<string, float, byte[]>>()
            : null;
    }

    private sealed class Loader() : AssemblyLoadContext("pictures of figures")
    {
        private static readonly string Folder = Path.GetDirectoryName(typeof(FigurePictures).Assembly.Location)!;

        protected override Assembly? Load(AssemblyName name) =>
            Path.Combine(Folder, name.Name + ".dll") is var file && File.Exists(file) ? LoadFromAssemblyPath(file) : null;

        // Of the native libraries of all systems, a build keeps those of its own.
        protected override nint LoadUnmanagedDll(string name)
        {
            var folder = Path.Combine(Folder, "runtimes");
            string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, $"{name}.*", SearchOption.AllDirectories) : [];
            return files.Select(file => NativeLibrary.TryLoad(file, out var library) ? library : 0).FirstOrDefault(library => library != 0);
        }
    }
}
