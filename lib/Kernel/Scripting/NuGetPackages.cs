using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fgsm.Kernel.Scripting;

/// <summary>What a session's packages bring.</summary>
/// <param name="Extensions">Assemblies for .NET Interactive, from the packages' folders <c>interactive-extensions/dotnet</c>.</param>
/// <param name="Notes">What to tell the user.</param>
internal sealed record RestoredPackages(IReadOnlyList<string> Assemblies, IReadOnlyList<string> Extensions, IReadOnlyList<string> Notes);

/// <summary>
/// The packages of <c>#r "nuget: Name, Version"</c> and the feeds of <c>#i "nuget: address"</c>: all that a session names are found together, as the SDK
/// finds them, by restoring a project that names them.
/// </summary>
internal sealed partial class NuGetPackages(string directory)
{
    private const string BestMatchTaken = "NU1603";
    private static readonly Dictionary<string, string> HostAssemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).DistinctBy(Path.GetFileNameWithoutExtension).ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, (string? Version, string Place)> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _feeds = [];
    private readonly List<string> _fresh = [];

    public static bool IsDirective(string line) => Directive().IsMatch(line);

    /// <summary>Takes a directive in; false where the line is none.</summary>
    /// <exception cref="NotebookException">It is one, and cannot be understood.</exception>
    public bool Add(string line, string place)
    {
        if (Directive().Match(line) is not { Success: true } directive)
            return false;
        var argument = directive.Groups["argument"].Value.Trim();
        if (directive.Groups["kind"].Value == "i")
        {
            _feeds.Add(argument.Contains("://", StringComparison.Ordinal) ? argument : Path.GetFullPath(argument, directory));
            return true;
        }
        if (Package().Match(argument) is not { Success: true } package)
            throw new NotebookException($"{place}: '{argument}' names no package; write #r \"nuget: Name, Version\" or #r \"nuget: Name\"");
        var (name, version) = (package.Groups[1].Value, package.Groups[2].Value);
        if (version != "" || !_packages.ContainsKey(name))
            _packages[name] = (version == "" ? null : version, place);
        _fresh.Add(name);
        return true;
    }

    /// <exception cref="NotebookException">A package cannot be restored.</exception>
    public RestoredPackages Restore(CancellationToken interrupt)
    {
        if (_fresh.Count == 0)
            return new([], [], []);
        var folder = Directory.CreateTempSubdirectory("fgsm-nuget-");
        try
        {
            // The notebook's folder may have a nuget.config; the project is restored as if it lay there.
            File.WriteAllText(Path.Combine(folder.FullName, "packages.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                    <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                    <SelfContained>false</SelfContained>
                    <UseAppHost>false</UseAppHost>
                    <NuGetAudit>false</NuGetAudit>
                    <NoWarn>NU1605</NoWarn>
                    <RestoreRootConfigDirectory>{SecurityElement.Escape(directory)}</RestoreRootConfigDirectory>
                    <RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', _feeds))}</RestoreAdditionalProjectSources>
                  </PropertyGroup>
                  <ItemGroup>{string.Concat(_packages.Select(p => $"<PackageReference Include=\"{p.Key}\" Version=\"{p.Value.Version ?? "*"}\" />"))}</ItemGroup>
                </Project>
                """);
            RunRestore(folder.FullName, interrupt);
            return Read(JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, "obj", "project.assets.json")))!);
        }
        catch (NotebookException)
        {
            // The next cell goes on without them.
            _fresh.ForEach(name => _packages.Remove(name));
            throw;
        }
        finally
        {
            _fresh.Clear();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads NuGet's own account of what it restored.</summary>
    private RestoredPackages Read(JsonNode assets)
    {
        var roots = assets["packageFolders"]!.AsObject().Select(folder => folder.Key).ToList();
        var target = assets["targets"]!.AsObject().Single(target => target.Key.EndsWith('/' + RuntimeInformation.RuntimeIdentifier)).Value!.AsObject();
        var logs = (assets["logs"] as JsonArray ?? []).Where(log => log!["code"]!.ToString() == BestMatchTaken);
        var replaced = logs.Select(log => log!["libraryId"]?.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (assemblies, extensions, notes) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (package, content) in target)
        {
            var (name, version) = (package.Split('/')[0], package.Split('/')[1]);
            if (assets["libraries"]![package]!["path"]?.ToString() is not { } path || roots.Find(root => Directory.Exists(Path.Combine(root, path))) is not { } root)
                continue;
            IEnumerable<string> Files(string kind) =>
                (content![kind] as JsonObject ?? []).Select(file => Path.Combine(root, path, file.Key)).Where(file => Path.GetFileName(file) != "_._");
            assemblies.AddRange(Files("runtime").Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).Select(OfHost));
            PackageFiles.Add(Files("native"));
            var extensionFolder = Path.Combine(root, path, "interactive-extensions", "dotnet");
            if (Directory.Exists(extensionFolder))
                extensions.AddRange(Directory.GetFiles(extensionFolder, "*.dll"));
            if (_fresh.Contains(name, StringComparer.OrdinalIgnoreCase) && replaced.Contains(name))
                notes.Add($"{_packages[name].Place}: no feed has {name} {_packages[name].Version}; version {version} was taken");
        }
        PackageFiles.Add(assemblies);
        return new(assemblies, extensions, notes);
    }

    /// <summary>The file of an assembly that the host has in this version or a newer one: the runtime would load that, whatever the package holds.</summary>
    private static string OfHost(string path) =>
        HostAssemblies.TryGetValue(Path.GetFileNameWithoutExtension(path), out var own) && AssemblyName.GetAssemblyName(own).Version >= AssemblyName.GetAssemblyName(path).Version
            ? own
            : path;

    private void RunRestore(string folder, CancellationToken interrupt)
    {
        var start = new ProcessStartInfo("dotnet", ["restore", "packages.csproj"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        using var stop = interrupt.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        interrupt.ThrowIfCancellationRequested();
        if (process.ExitCode == 0)
            return;
        var reason = output.Split('\n').Select(line => ErrorLine().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value.Trim();
        throw new NotebookException($"#r \"nuget: {string.Join(", ", _fresh)}\": the package cannot be restored: {reason ?? "dotnet restore failed"}");
    }

    [GeneratedRegex("""^\s*#(?<kind>[ri])\s+"nuget:\s*(?<argument>[^"]*)"\s*(//.*)?$""")]
    private static partial Regex Directive();

    [GeneratedRegex(@"^([\w.\-]+)\s*(?:,\s*([\w.\-+*\[\](), ]+))?$")]
    private static partial Regex Package();

    [GeneratedRegex(@"error\s+(NU\d+:.*?)(?:\[[^\]]*\])?\s*$")]
    private static partial Regex ErrorLine();
}
