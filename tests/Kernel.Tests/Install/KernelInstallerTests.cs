using System.Text.Json.Nodes;
using Fgsm.Kernel.Install;

namespace Fgsm.Kernel.Tests.Install;

public sealed class KernelInstallerTests : IDisposable
{
    private readonly TemporaryFolder _prefix = new();

    private string Kernels => Path.Combine(_prefix.Path, "share", "jupyter", "kernels");

    public void Dispose() => _prefix.Dispose();

    [Fact]
    public void Install_WritesAKernelspecWhoseProgramIsThere_AndUninstallRemovesIt()
    {
        var told = new List<string>();
        KernelInstaller.Install(_prefix.Path, "mine", replace: false, told.Add);
        // The tests' own folder has no sources above it, so there is nothing to compile.
        Assert.Empty(told);
        var spec = JsonNode.Parse(File.ReadAllText(Path.Combine(Kernels, "mine", "kernel.json")))!;
        Assert.Equal("C#", spec["language"]!.ToString());
        Assert.Equal("message", spec["interrupt_mode"]!.ToString());
        Assert.Equal("{connection_file}", spec["argv"]![3]!.ToString());
        Assert.True(File.Exists(spec["argv"]![1]!.ToString()));
        Assert.Contains("(this kernel)", Assert.Single(KernelInstaller.List(_prefix.Path)), StringComparison.Ordinal);
        // Its own it may replace.
        KernelInstaller.Install(_prefix.Path, "mine", replace: false, compiling: null);
        KernelInstaller.Uninstall(_prefix.Path, "mine");
        Assert.Empty(Directory.GetDirectories(Kernels));
    }

    [Fact]
    public void Install_OverAnotherProgramsKernelspec_IsRefusedWithoutReplace()
    {
        var theirs = _prefix.Write("share/jupyter/kernels/taken/kernel.json", "{\"argv\": [\"dotnet-interactive\"]}");
        Assert.Contains("--replace", Assert.Throws<NotebookException>(() => KernelInstaller.Install(_prefix.Path, "taken", replace: false, compiling: null)).Message, StringComparison.Ordinal);
        Assert.Throws<NotebookException>(() => KernelInstaller.Uninstall(_prefix.Path, "taken"));
        Assert.Contains("dotnet-interactive", File.ReadAllText(theirs), StringComparison.Ordinal);
        KernelInstaller.Install(_prefix.Path, "taken", replace: true, compiling: null);
        Assert.DoesNotContain("dotnet-interactive", File.ReadAllText(theirs), StringComparison.Ordinal);
    }

    [Fact]
    public void Install_OverAKernelspecWithADoubleKey_IsRefusedWithoutReplace()
    {
        _prefix.Write("share/jupyter/kernels/odd/kernel.json", "{\"metadata\": 1, \"argv\": [], \"argv\": []}");
        Assert.Contains("--replace", Assert.Throws<NotebookException>(() => KernelInstaller.Install(_prefix.Path, "odd", replace: false, compiling: null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Install_ThatFails_LeavesNothing()
    {
        _prefix.Write("share/jupyter/kernels/taken", "a file");
        Assert.Throws<NotebookException>(() => KernelInstaller.Install(_prefix.Path, "taken", replace: false, compiling: null));
        Assert.Equal([Path.Combine(Kernels, "taken")], Directory.GetFileSystemEntries(Kernels));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void Install_UnderANameThatIsNone_IsRefused(string name) =>
        Assert.Throws<NotebookException>(() => KernelInstaller.Install(_prefix.Path, name, replace: false, compiling: null));

    [Fact]
    public void Uninstall_OfWhatIsNotThere_SaysSo() =>
        Assert.Contains("no such kernel", Assert.Throws<NotebookException>(() => KernelInstaller.Uninstall(_prefix.Path, "gone")).Message, StringComparison.Ordinal);
}
