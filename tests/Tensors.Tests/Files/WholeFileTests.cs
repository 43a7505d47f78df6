using System.Diagnostics;
using Fgsm.Tensors.Files;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Tests;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string[] Names =>
        [.. Directory.GetFileSystemEntries(folder.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Formats => ["pth", "safetensors"];

    private static void Save(nn.Module model, string file)
    {
        if (file.EndsWith(".pth", StringComparison.Ordinal))
            model.save_py(file);
        else
            model.save_safetensors(file);
    }

    private static float[] Load(string file)
    {
        var model = nn.Linear(3, 2);
        _ = file.EndsWith(".pth", StringComparison.Ordinal) ? model.load_py(file) : model.load_safetensors(file);
        return [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void ManySaversOfOneFile_DoNotStopEachOther(string format)
    {
        var (file, models) = (folder.File("model." + format), Enumerable.Range(0, 40).Select(_ => nn.Linear(3, 2)).ToArray());

        Parallel.ForEach(models, new ParallelOptions { MaxDegreeOfParallelism = 4 }, model => Save(model, file));

        Assert.Equal(["model." + format], Names);
        Assert.Contains(Load(file), models.Select(m => m.parameters().SelectMany(p => p.data<float>().ToArray()).ToArray()));
    }

    /// <summary>A full disk, and whatever else is thrown, at 20 places.</summary>
    [Fact]
    public void WhatThrowsAtAnyByte_LeavesTheFileBefore_AndNothingElse()
    {
        var file = folder.Write("model.pth", "before");
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var length = random.Next(300_000);
            Exception failure = i % 2 == 0 ? new IOException("No space left on device") : new ArgumentException("no tensor");

            var thrown = Assert.ThrowsAny<Exception>(() => WholeFile.Write(file, stream =>
            {
                stream.Write(new byte[length]);
                throw failure;
            }));

            Assert.Same(failure, thrown);
            Assert.Equal(["model.pth"], Names);
            Assert.Equal("before", File.ReadAllText(file));
        }
    }

    [Fact]
    public void AFullDisk_IsOneLineThatNamesTheFile()
    {
        var file = folder.File("model.pth");

        var exception =
            Assert.Throws<TensorFileException>(() => TensorFile.Write(file, _ => throw new IOException("No space left on device")));

        Assert.Equal($"{file}: cannot be written: No space left on device", exception.Message);
    }

    /// <summary>.NET throws this when the file system says EFBIG.</summary>
    [Fact]
    public void AFileLargerThanTheFileSystemHolds_IsOneLine_AndNothingIsLeft()
    {
        var file = folder.File("model.pth");

        var exception =
            Assert.Throws<TensorFileException>(() => TensorFile.Write(file, _ => throw new ArgumentOutOfRangeException("value")));

        Assert.Equal($"{file}: cannot be written: the file is too large for the file system", exception.Message);
        Assert.Empty(Names);
    }

    [Theory]
    [InlineData("pth", "target.bin", true)]
    [InlineData("pth", "target.bin", false)]
    [InlineData("safetensors", "link2", true)]
    public void ASymbolicLink_StaysOne_AndItsTargetIsWritten(string format, string to, bool exists)
    {
        Directory.CreateDirectory(folder.File("elsewhere"));
        File.CreateSymbolicLink(folder.File("link2"), Path.Combine("elsewhere", "target.bin"));
        var link = folder.File("model." + format);
        File.CreateSymbolicLink(link, to == "link2" ? "link2" : folder.File("elsewhere/" + to));
        if (exists)
            folder.Write("elsewhere/target.bin", "before");
        var model = nn.Linear(3, 2);

        Save(model, link);

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.NotNull(new FileInfo(folder.File("link2")).LinkTarget);
        Assert.Equal(model.weight.data<float>().ToArray(), Load(link)[..6]);
        Assert.Equal(
            ["link2", "model." + format, "elsewhere"], Names.OrderBy(n => n == "elsewhere").ThenBy(n => n, StringComparer.Ordinal));
        Assert.Equal([folder.File("elsewhere/target.bin")], Directory.GetFiles(folder.File("elsewhere")));
    }

    [Fact]
    public void WhatAKilledSaverLeft_IsRemovedByTheNextSave_AndNoOtherFile()
    {
        using var ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        ended.WaitForExit();
        // It waits for its input.
        using var running = Process.Start(new ProcessStartInfo("sort") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var machine = Environment.MachineName;
        string[] kept =
        [
            $"model.pth.{machine}-{Environment.ProcessId}-x.tmp", $"model.pth.{machine}-{running.Id}-x.tmp",
            $"model.pth.other-{ended.Id}-x.tmp",
            $"other.pth.{machine}-{ended.Id}-x.tmp", "model.pth.tmp", $"model.pth.{machine}-notes.tmp",
        ];
        foreach (var name in kept.Append($"model.pth.{machine}-{ended.Id}-x.tmp"))
            folder.Write(name, "half");

        nn.Linear(3, 2).save_py(folder.File("model.pth"));
        running.StandardInput.Close();

        Assert.Equal(kept.Append("model.pth").Order(StringComparer.Ordinal), Names);
    }
}
