using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Fgsm.Results;

/// <summary>
/// Loads an assembly once more, with what lies beside it, for code that calls Skia: a program finds Skia's native library by itself and
/// takes Svg.Skia's older SkiaSharp and the one beside it for one, a notebook's loader does neither.
/// </summary>
internal sealed class OwnLoader : AssemblyLoadContext
{
    private readonly string folder;

    private OwnLoader(string folder) : base("Skia") => this.folder = folder;

    /// <summary>A type as its own loader loads it. It is another type than the one given: share no types with it but those of .NET.</summary>
    public static Type Load(Type type) =>
        new OwnLoader(Path.GetDirectoryName(type.Assembly.Location)!).LoadFromAssemblyPath(type.Assembly.Location).GetType(type.FullName!)!;

    protected override Assembly? Load(AssemblyName name) =>
        Path.Combine(folder, name.Name + ".dll") is var file && File.Exists(file) ? LoadFromAssemblyPath(file) : null;

    // Of the native libraries of all systems, a build keeps those of its own.
    protected override nint LoadUnmanagedDll(string name)
    {
        var native = Path.Combine(folder, "runtimes");
        string[] files = Directory.Exists(native) ? Directory.GetFiles(native, $"{name}.*", SearchOption.AllDirectories) : [];
        return files.Select(file => NativeLibrary.TryLoad(file, out var library) ? library : 0).FirstOrDefault(library => library != 0);
    }
}
