using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fgsm.Report.Tests;

/// <summary>The program is killed, or the disk is full, while it writes a report over an earlier one.</summary>
public sealed class InterruptedWritingTests : IDisposable
{
    private static readonly string[] Reports = ["report.md", "report.html"];

    private readonly TemporaryFolder folder = new();
    private readonly Random random = new(11);

    private string Out => folder.File("out");

    public void Dispose() => folder.Dispose();

    /// <summary>At any moment of the whole; once files are being written; or once they are being moved to their places.</summary>
    [Fact]
    public async Task Killed_AtAnyMoment_TheReportIsTheEarlierOrTheNew_AndNoTemporaryFileStays()
    {
        var clock = Stopwatch.StartNew();
        await ExportAsync(0);
        var whole = clock.Elapsed;

        var last = 0;
        for (var i = 1; i <= 50; i++)
        {
            using var process = Start(i);
            if (i % 3 == 0)
                process.WaitForExit(whole * random.NextDouble());
            else
                while (!process.HasExited && Directory.GetDirectories(Out, i % 3 == 1 ? ".new-*" : ".complete").Length == 0)
                    Thread.Yield();
            if (i % 3 == 1)
                process.WaitForExit(whole * 0.5 * random.NextDouble());
            process.Kill();
            process.WaitForExit();

            last = AssertWhole(last, i);
        }
    }

    [FullDiskFact]
    public async Task FullDisk_GetsOneLine_TheEarlierReportStays_AndNoTemporaryFile()
    {
        await ExportAsync(0);
        var size = Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length + 4096) / 1024;
        for (var i = 1; i <= 20; i++)
        {
            // A disk of its own in the place of the folder, on which the earlier report and part of the new one find room.
            var disk = string.Create(CultureInfo.InvariantCulture, $"""
                set -e
                cp -r '{Out}' '{Out}.copy'
                mount -t tmpfs -o size={size + (long)(size * 0.9 * random.NextDouble())}k none '{Out}'
                cp -r '{Out}.copy/.' '{Out}'
                rm -r '{Out}.copy'
                code=0
                "$0" "$@" || code=$?
                cp -r '{Out}' '{folder.File("after")}'
                exit $code
                """);
            using var process = Start(i, "unshare", "--map-root-user", "--mount", "sh", "-c", disk);
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();

            Assert.Equal(1, process.ExitCode);
            Assert.Matches(@"cannot be written \(.*(disk was full|No space left)", Assert.Single(error.TrimEnd().Split('\n')));
            Directory.Delete(Out, recursive: true);
            Directory.Move(folder.File("after"), Out);
            AssertWhole(0, 0);
        }
    }

    /// <summary>Which of two reports is there; it must be whole.</summary>
    private int AssertWhole(int earlier, int later)
    {
        RecordFolder.Read(Out);
        var files = Directory.GetFiles(Out, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Out, file)).Order(StringComparer.Ordinal);
        Assert.Equal(File.ReadAllLines(Path.Combine(Out, "files.txt")), files);
        Assert.Equal([folder.File("out")], Directory.GetFileSystemEntries(folder.Path, "out*"));
        var number = File.ReadAllText(Path.Combine(Out, "report.md")).Contains($"Report number {later}.", StringComparison.Ordinal) ? later : earlier;
        Assert.All(Reports, report => Assert.Contains($"Report number {number}.", File.ReadAllText(Path.Combine(Out, report))));
        return number;
    }

    private async Task ExportAsync(int number)
    {
        RecordFolder.Write(folder.File("run"), Samples.Content(SampleDocument.Records));
        using var process = Start(number);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, error));
        AssertWhole(number, number);
    }

    private Process Start(int number, params string[] starter)
    {
        var template = folder.File($"{number}.md");
        File.WriteAllText(template, $"# Title\n\nReport number {number}.\n\n{{{{figure \"b.lines\"}}}}\n\n{{{{figure \"b.map\"}}}}\n");
        string[] command =
        [
            .. starter, "dotnet", typeof(ReportRun).Assembly.Location,
            "export", folder.File("run"), "--out", Out, "--template", template, "--format", "md,html",
        ];
        return Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Checkout.Above(AppContext.BaseDirectory),
        })!;
    }
}

/// <summary>A test that mounts a small disk of its own: on Linux, where users may have a name space.</summary>
public sealed class FullDiskFactAttribute([CallerMemberName] string test = "") : ReasonedFactAttribute(
    CanMount() ? null : "No disk can be mounted here: this needs Linux, and unshare --map-root-user --mount.", test)
{
    private static bool CanMount()
    {
        try
        {
            string[] mount = ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"];
            using var process = Process.Start(new ProcessStartInfo("unshare", mount) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
