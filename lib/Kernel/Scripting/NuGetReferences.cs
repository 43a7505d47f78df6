using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Fgsm.Kernel;

/// <summary>Packages of <c>#r "nuget: Name, Version"</c>, found as the SDK finds them: by restoring a project that names them.</summary>
internal static partial class NuGetReferences
{
    /// <summary>The package that a line names; null where it is no such line. The version may be missing.</summary>
    public static (string Name, string? Version)? Parse(string line) =>
        Directive().Match(line) is { Success: true } match
            ? (match.Groups[1].Value, match.Groups[2] is { Success: true } version ? version.Value : null)
            : null;

    /// <summary>The assemblies of a package and of what it depends on.</summary>
    /// <exception cref="NotebookException">The package cannot be restored.</exception>
    public static IReadOnlyList<string> Restore(string name, string? version, string directory, CancellationToken interrupt)
    {
        var folder = Directory.CreateTempSubdirectory("fgsm-nuget-");
        try
        {
            // The notebook's folder may have a nuget.config; the project is restored as if it lay there.
            File.WriteAllText(Path.Combine(folder.FullName, "packages.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                    <NuGetAudit>false</NuGetAudit>
                    <RestoreRootConfigDirectory>{System.Security.SecurityElement.Escape(directory)}</RestoreRootConfigDirectory>
                  </PropertyGroup>
                  <ItemGroup><PackageReference Include="{name}" Version="{version ?? "*"}" /></ItemGroup>
                  <Target Name="ListReferences" DependsOnTargets="ResolvePackageAssets">
                    <WriteLinesToFile File="references.txt" Lines="@(RuntimeCopyLocalItems)" Overwrite="true" />
                  </Target>
                </Project>
                """);
            Run(folder.FullName, interrupt, name, "restore", "packages.csproj");
            Run(folder.FullName, interrupt, name, "msbuild", "packages.csproj", "-t:ListReferences", "-nologo");
            var references = Path.Combine(folder.FullName, "references.txt");
            return File.Exists(references) ? [.. File.ReadAllLines(references).Where(line => line.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))] : [];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Run(string folder, CancellationToken interrupt, string package, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var stop = interrupt.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        interrupt.ThrowIfCancellationRequested();
        if (process.ExitCode == 0)
            return;
        var reason = output.Split('\n').Select(line => ErrorLine().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value.Trim();
        throw new NotebookException($"#r \"nuget: {package}\": the package cannot be restored: {reason ?? "dotnet restore failed"}");
    }

    [GeneratedRegex("""^\s*#r\s+"nuget:\s*([\w.\-]+)\s*(?:,\s*([\w.\-+*\[\]()]+)\s*)?"\s*$""")]
    private static partial Regex Directive();

    [GeneratedRegex(@"error\s+(NU\d+:.*?)(?:\[[^\]]*\])?\s*$")]
    private static partial Regex ErrorLine();
}
