using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Fgsm.Kernel.Scripting;

/// <summary>Says of a <c>#r</c> whose file is not there what to do about it.</summary>
internal static partial class MissingReference
{
    private const string MetadataFileNotFound = "CS0006";

    public static ErrorOutput? Explain(IEnumerable<Diagnostic> diagnostics, string file)
    {
        if (diagnostics.FirstOrDefault(d => d.Id == MetadataFileNotFound) is not { } missing)
            return null;
        var span = missing.Location.GetMappedLineSpan();
        var line = missing.Location.SourceTree!.GetText().Lines[missing.Location.GetLineSpan().StartLinePosition.Line].ToString();
        var reference = Quoted().Match(line).Groups[1].Value;
        var message = $"{Path.GetFileName(span.Path)}, line {span.StartLinePosition.Line + 1}: #r: there is no file '{reference}'{HowToBuild(Path.GetFullPath(reference, Path.GetDirectoryName(file)!))}";
        return new ErrorOutput("FileNotFoundException", message, [message]);
    }

    /// <summary>For <c>…/Project/bin/Release/net10.0/Project.dll</c>, the command that makes it.</summary>
    private static string HowToBuild(string path)
    {
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(path)!); folder.Parent is { } project; folder = project)
        {
            if (folder.Name != "bin" || !project.Exists || !project.EnumerateFiles("*.csproj").Any())
                continue;
            var configuration = Path.GetRelativePath(folder.FullName, path).Split(Path.DirectorySeparatorChar)[0];
            for (var root = project.Parent; root is not null; root = root.Parent)
            {
                if (root.EnumerateFiles("*.sln*").FirstOrDefault() is { } solution)
                {
                    var name = Path.GetRelativePath(root.FullName, project.FullName).Replace('\\', '/');
                    return $"; build it with 'dotnet build -c {configuration} {name}' in the folder of {solution.Name}";
                }
            }
            return $"; build it with 'dotnet build -c {configuration}' in the folder {project.Name}";
        }
        return "";
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
