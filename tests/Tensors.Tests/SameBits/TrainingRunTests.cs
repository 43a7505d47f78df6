using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fgsm.SameBits;

namespace Fgsm.Tensors.Tests;

/// <summary>A short training run has the bits of tests/SameBits/digest.txt, whatever it runs on.</summary>
public class TrainingRunTests
{
    private static readonly string Committed = ReadCommitted();

    private static string ReadCommitted()
    {
        using var reader = new StreamReader(typeof(TrainingRunTests).Assembly.GetManifestResourceStream("digest.txt")!);
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void ATrainingRun_HasTheCommittedBits_WithAnyNumberOfThreads(int threads)
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(threads);
        try
        {
            Assert.Equal(Committed, TrainingRun.Report());
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void ATrainingRun_HasTheSameBits_WhenRunAgain() => Assert.Equal(TrainingRun.Report(), TrainingRun.Report());

    [Fact]
    public void ATrainingRun_HasTheCommittedBits_InAProcessWithThreeThreads()
    {
        var machine = AssertCommittedBits("FGSM_THREADS", "3");
        Assert.Equal("3", machine["threads"]);
    }

    [Avx512Fact]
    public void ATrainingRun_HasTheCommittedBits_WithoutAvx512()
    {
        var machine = AssertCommittedBits("DOTNET_EnableAVX512", "0");
        Assert.Equal("False", machine["vector512"]);
        Assert.Equal("True", machine["fma"]);
    }

    [Avx2Fact]
    public void ATrainingRun_HasTheCommittedBits_WithoutAvx2AndFma()
    {
        var machine = AssertCommittedBits("DOTNET_EnableAVX2", "0");
        Assert.Equal("4", machine["vector"]);
        Assert.Equal("False", machine["fma"]);
    }

    [Fact]
    public void ATrainingRun_HasTheCommittedBits_WithoutAnyVectorInstructions()
    {
        var machine = AssertCommittedBits("DOTNET_EnableHWIntrinsic", "0");
        Assert.Equal("False", machine["accelerated"]);
        Assert.Equal("False", machine["fma"]);
    }

    /// <summary>
    /// Runs tests/SameBits in a process of its own with one switch set, and returns what it says of the machine that it sees.
    /// </summary>
    private static Dictionary<string, string> AssertCommittedBits(string name, string value)
    {
        var start = new ProcessStartInfo(
            "dotnet", ["exec", typeof(TrainingRun).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var machine = child.StandardError.ReadToEndAsync();
        var report = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, machine.Result);
        Assert.Equal(Committed, report);
        return machine.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1]);
    }

    private sealed class Avx512FactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
        Vector512.IsHardwareAccelerated ? null : "This machine has no AVX-512, or .NET does not use it here.", test);

    private sealed class Avx2FactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
        Avx2.IsSupported && Vector<float>.Count == 8 ? null : "This machine has no AVX2.", test);
}
