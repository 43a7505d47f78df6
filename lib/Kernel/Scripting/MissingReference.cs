using Microsoft.CodeAnalysis;

namespace Fgsm.Kernel.Scripting;

/// <summary>Says of a <c>#r</c> whose file is not there what to do about it.</summary>
internal static class MissingReference
{
    private const string MetadataFileNotFound = "CS0006";

    public static ErrorOutput? Explain(IEnumerable<Diagnostic> diagnostics, string file)
    {
        if (diagnostics.FirstOrDefault(d => d.Id == MetadataFileNotFound) is not { } missing)
            return null;
        var span = missing.Location.GetMappedLineSpan();
        var line = missing.Location.SourceTree!.GetText().Lines[missing.Location.GetLineSpan().StartLinePosition.Line].ToString();
        var reference = line.Split('"')[1];
        var message = $"{Path.GetFileName(span.Path)}, line {span.StartLinePosition.Line + 1}: #r: there is no file '{reference}'{HowToBuild(Path.GetFullPath(reference, Path.GetDirectoryName(file)!))}";
        return new ErrorOutput("FileNotFoundException", message, [message]);
    }

    /// <summary>For <c>…/Project/bin/Release/net10.0/Project.dll</c>, the command that makes it.</summary>
    private static string HowToBuild(string path)
    {
        var bin = Upwards(Path.GetDirectoryName(path)!).FirstOrDefault(folder => folder.Name == "bin");
        if (bin?.Parent is not { Exists: true } project || !project.EnumerateFiles("*.csproj").Any())
            return "";
        var configuration = Path.GetRelativePath(bin.FullName, path).Split(Path.DirectorySeparatorChar)[0];
        if (Upwards(project.Parent!.FullName).SelectMany(folder => folder.EnumerateFiles("*.sln*")).FirstOrDefault() is not { } solution)
            return $"; build it with 'dotnet build -c {configuration}' in the folder {project.Name}";
        var name = Path.GetRelativePath(solution.DirectoryName!, project.FullName).Replace('\\', '/');
        return $"; build it with 'dotnet build -c {configuration} {name}' in the folder of {solution.Name}";
    }

    /// <summary>A folder, and those that it lies in.</summary>
    private static IEnumerable<DirectoryInfo> Upwards(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
            yield return folder;
    }
}
