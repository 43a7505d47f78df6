using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fgsm.Tensors.Tests;

/// <summary>Runs Python programs with the real PyTorch.</summary>
internal static class PyTorch
{
    /// <summary>Debian's packages belong to this one.</summary>
    private const string Python = "/usr/bin/python3";

    private const string Prelude = """
        import json, sys, warnings
        import torch
        from torch import nn
        warnings.filterwarnings('ignore')
        torch.set_num_threads(1)
        def report_b():
            return nn.Sequential(nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                                 nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 10))

        """;

    private static readonly Lazy<bool> Here = new(() => File.Exists(Python) && Start(null, "import torch").ExitCode == 0);

    public static bool IsHere => Here.Value;

    /// <summary>Runs a program in a folder, and returns what it printed.</summary>
    public static string Run(TemporaryFolder folder, string program)
    {
        var (exitCode, output, errors) = Start(folder.Path, Prelude + program);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Start(string? folder, string program)
    {
        var start = new ProcessStartInfo(Python, ["-c", program])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}

/// <summary>A test that needs PyTorch: skipped where python3 has none, but with CI=true it runs, and so fails.</summary>
public sealed class PyTorchFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(Missing, test)
{
    internal static string? Missing => PyTorch.IsHere || Environment.GetEnvironmentVariable("CI") == "true" ? null
        : "python3 has no torch (apt-get install python3-torch).";
}

/// <inheritdoc cref="PyTorchFactAttribute"/>
public sealed class PyTorchTheoryAttribute([CallerMemberName] string test = "") : ReasonedTheoryAttribute(PyTorchFactAttribute.Missing, test);
