using System.Diagnostics;
using Fgsm.Data;

namespace Fgsm.Tests;

public sealed class PackagesTests : IDisposable
{
    private static readonly string Library = Path.Combine(DataFolders.Checkout()!, "lib", "Fgsm");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>With no package but the SDK's own, whatever this machine's feeds have.</summary>
    [Fact]
    public void PackagesNuget_WithoutThePackages_SaysOnceWhatIsMissing_AndLeavesTheDefaultBuildAlone()
    {
        var before = Restored();
        Directory.CreateDirectory(folder.File("feed"));
        var start = new ProcessStartInfo("dotnet", ["restore", Path.Combine(Library, "..", "Polyglot"), "-p:Packages=nuget", $"-p:RestoreSources={folder.File("feed")}", "-nologo", "-maxCpuCount:1", "-nodeReuse:false"]) { RedirectStandardOutput = true };
        start.Environment["NUGET_PACKAGES"] = folder.File("packages");

        using var restore = Process.Start(start)!;
        var said = restore.StandardOutput.ReadToEnd();
        restore.WaitForExit();

        Assert.NotEqual(0, restore.ExitCode);
        var error = Assert.Single(said.Split('\n'), line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
        string[] parts = ["no package feed here has TorchSharp-cpu, TorchSharp.PyBridge, Microsoft.Data.Analysis, Microsoft.DotNet.Interactive, XPlot.Plotly.", "dotnet nuget list source", "leave out -p:Packages=nuget"];
        Assert.All(parts, part => Assert.Contains(part, error));
        Assert.Equal(before, Restored());
    }

    /// <summary>What a restore writes for the default build of the library, where it has been built.</summary>
    private static string[] Restored() => [.. Directory.GetFiles(Path.Combine(Library, "obj")).Order().Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))} {File.GetLastWriteTimeUtc(file):O}")];
}
