using System.Diagnostics;
using System.Text.Json.Nodes;
using Fgsm.Kernel.Install;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>A kernelspec, in a folder of its own, for the kernel as it was built; and the clients that use it.</summary>
public sealed class InstalledKernel : IDisposable
{
    /// <summary>The kernelspec's name.</summary>
    public const string Name = "kernel-under-test";

    private readonly TemporaryFolder _folder = new();

    public InstalledKernel()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Fgsm.Kernel.dll");
        Folder = _folder.Path;
        _folder.Write($"share/jupyter/kernels/{Name}/kernel.json", KernelSpec.Create(program).ToJsonString());
    }

    /// <summary>Where notebooks can be put.</summary>
    public string Folder { get; }

    internal JsonObject Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(JupyterFactAttribute.Python, ["run_clients.py", Name, .. arguments])
        {
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Clients"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = Path.Combine(Folder, "share", "jupyter");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return JsonNode.Parse(output)!.AsObject();
    }

    public void Dispose() => _folder.Dispose();
}
