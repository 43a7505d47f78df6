using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Fgsm.Kernel.Install;

/// <summary>Puts the kernel where Jupyter finds it, and takes it away again. Each method returns what to tell the user.</summary>
internal static class KernelInstaller
{
    private const string ProjectFile = "Fgsm.Kernel.csproj";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions JsonOptions = new() { WriteIndented = true };

    /// <param name="compiling">Told how the compilation ahead of time goes; null to do without it.</param>
    /// <exception cref="NotebookException">Another program's kernelspec has that name, or the folder cannot be written.</exception>
    public static string Install(string? prefix, string name, bool replace, Action<string>? compiling)
    {
        var folder = FolderOf(prefix, name);
        if (Directory.Exists(folder) && !replace && !KernelSpec.IsOurs(folder))
            throw new NotebookException($"{folder}: another program's kernelspec is here; --replace replaces it, --name installs under another name.");
        var fresh = folder + ".new";
        try
        {
            Delete(fresh);
            Directory.CreateDirectory(fresh);
            Publish(Path.Combine(fresh, "bin"), compiling);
            var spec = KernelSpec.Create(Path.Combine(folder, "bin", "Fgsm.Kernel.dll"));
            File.WriteAllText(Path.Combine(fresh, "kernel.json"), spec.ToJsonString(JsonOptions) + "\n");
            Delete(folder);
            Directory.Move(fresh, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{folder}: cannot be written: {e.Message}", e);
        }
        finally
        {
            Delete(fresh);
        }
        return $"Installed the kernel '{name}' in {folder}";
    }

    /// <exception cref="NotebookException">There is none, it is another program's, or it cannot be removed.</exception>
    public static string Uninstall(string? prefix, string name)
    {
        var folder = FolderOf(prefix, name);
        if (!Directory.Exists(folder))
            throw new NotebookException($"{folder}: no such kernel is installed.");
        if (!KernelSpec.IsOurs(folder))
            throw new NotebookException($"{folder}: another program installed this kernel; it is left alone.");
        try
        {
            Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{folder}: cannot be removed: {e.Message}", e);
        }
        return $"Removed the kernel '{name}' from {folder}";
    }

    public static IEnumerable<string> List(string? prefix)
    {
        var kernels = KernelSpec.Folder(prefix);
        if (!Directory.Exists(kernels))
            return [];
        return Directory.GetDirectories(kernels).Where(folder => File.Exists(Path.Combine(folder, "kernel.json"))).Order(StringComparer.Ordinal)
            .Select(folder => $"{Path.GetFileName(folder)}\t{folder}{(KernelSpec.IsOurs(folder) ? "\t(this kernel)" : "")}");
    }

    private static string FolderOf(string? prefix, string name)
    {
        if (name is "" or "." or ".." || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new NotebookException($"'{name}' is no name for a kernelspec: letters, digits, '.', '-' and '_' only.");
        return Path.Combine(KernelSpec.Folder(prefix), name);
    }

    /// <summary>Compiled ahead of time where the sources are, and the feed has what that takes, which halves the time to start; else the program as it is here.</summary>
    private static void Publish(string target, Action<string>? compiling)
    {
        if (compiling is null || FindProject() is not { } project || !TryPublish(project, target, compiling))
            Copy(AppContext.BaseDirectory, target);
    }

    private static string? FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.GetFiles(ProjectFile) is [var project])
                return project.FullName;
        }
        return null;
    }

    private static bool TryPublish(string project, string target, Action<string> tell)
    {
        tell("Compiling the kernel ahead of time, which takes a minute or more; --no-compile installs it without.");
        // Its intermediate files go elsewhere: restoring for one platform would disturb the project's own builds.
        var scratch = Directory.CreateTempSubdirectory("fgsm-kernel-");
        try
        {
            string[] platform = ["-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-p:PublishReadyToRun=true"];
            string[] places = ["-p:UseAppHost=false", "--artifacts-path", scratch.FullName, "-o", target];
            var publish = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", .. platform, .. places])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(publish)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var watch = Stopwatch.StartNew();
            while (!process.WaitForExit(Patience))
                tell(FormattableString.Invariant($"  {watch.Elapsed.TotalSeconds:F0} s"));
            Task.WaitAll(output, error);
            if (process.ExitCode == 0)
                return true;
            tell("It could not be compiled ahead of time; it is installed as it is here.");
            Delete(target);
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
