using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Fgsm.Kernel.Scripting;

/// <summary>Finds what an assembly of a package asks the runtime for and C# scripting does not: native libraries, and assemblies by their bare name.</summary>
internal static class PackageFiles
{
    private static readonly ConcurrentDictionary<string, string> Files = new(StringComparer.OrdinalIgnoreCase);

    static PackageFiles() => AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
    {
        // Scripting has a load context for each assembly.
        if (!loaded.LoadedAssembly.IsDynamic && AssemblyLoadContext.GetLoadContext(loaded.LoadedAssembly) is { } context && context != AssemblyLoadContext.Default)
        {
            context.ResolvingUnmanagedDll -= LoadNative;
            context.ResolvingUnmanagedDll += LoadNative;
            context.Resolving -= LoadByName;
            context.Resolving += LoadByName;
        }
    };

    public static void Add(IEnumerable<string> files)
    {
        foreach (var file in files)
            Files[Path.GetFileName(file)] = file;
    }

    private static nint LoadNative(Assembly assembly, string name)
    {
        var extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        foreach (var file in (string[])[name, name + extension, "lib" + name, "lib" + name + extension])
        {
            if (Files.TryGetValue(file, out var path))
                return NativeLibrary.Load(path);
        }
        return 0;
    }

    /// <summary>Asked where scripting finds nothing: it looks for full names only, and an assembly may ask for a bare name or another version.</summary>
    private static Assembly? LoadByName(AssemblyLoadContext context, AssemblyName name) =>
        Files.TryGetValue(name.Name + ".dll", out var path) && AssemblyName.GetAssemblyName(path) is var found && found.FullName != name.FullName
            ? context.LoadFromAssemblyName(found)
            : null;
}
