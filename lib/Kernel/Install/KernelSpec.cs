using System.Text.Json.Nodes;
using Fgsm.Kernel.Jupyter;

namespace Fgsm.Kernel.Install;

/// <summary>The file by which Jupyter and VS Code know a kernel, and where they look for it.</summary>
internal static class KernelSpec
{
    /// <summary>Polyglot's name, so that notebooks open in both.</summary>
    public const string DefaultName = ".net-csharp";

    private const string Owner = "Fgsm.Kernel";

    public static JsonObject Create(string program) => new()
    {
        ["argv"] = new JsonArray("dotnet", program, "run", "{connection_file}"),
        ["display_name"] = KernelInfo.DisplayName,
        ["language"] = KernelInfo.Language,
        ["interrupt_mode"] = "message",
        ["metadata"] = new JsonObject { ["installed_by"] = Owner },
    };

    /// <summary>Whether this program wrote the kernelspec in a folder.</summary>
    public static bool IsOurs(string folder)
    {
        try
        {
            return NotebookJson.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))?["metadata"]?["installed_by"]?.ToString() == Owner;
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException or InvalidOperationException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Jupyter's folder for kernelspecs: the user's own, or that of a prefix.</summary>
    public static string Folder(string? prefix)
    {
        if (prefix is not null)
            return Path.Combine(Path.GetFullPath(prefix), "share", "jupyter", "kernels");
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } data)
            return Path.Combine(data, "kernels");
        if (OperatingSystem.IsMacOS())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library", "Jupyter", "kernels");
        var folder = OperatingSystem.IsWindows()
            ? Environment.SpecialFolder.ApplicationData
            : Environment.SpecialFolder.LocalApplicationData; // $XDG_DATA_HOME, or ~/.local/share
        return Path.Combine(Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify), "jupyter", "kernels");
    }
}
