using System.Diagnostics;

namespace Fgsm.Report.Tests;

/// <summary>The program as its users run it: a process of its own, in a checkout.</summary>
public class CommandLineTests : IDisposable
{
    private readonly SampleCheckout checkout = new();

    public void Dispose() => checkout.Dispose();

    [Theory]
    [InlineData("--wrong", "Unrecognized command or argument '--wrong'")]
    [InlineData("extra", "Unrecognized command or argument 'extra'")]
    [InlineData("--seed", "--seed")]
    [InlineData("--seed many", "'many' is not a whole number")]
    [InlineData("--seed -1", "'-1' is not a whole number")]
    [InlineData("--seeds 0", "'0' is not a whole number from 1")]
    [InlineData("--format html,odt", "'odt' is none of md,html,latex,pdf,docx,rescience")]
    [InlineData("--template none.md", "none.md: cannot be read")]
    [InlineData("export nowhere", "nowhere: no such folder")]
    [InlineData("export notebooks", "01-sample.ipynb")]
    [InlineData("diff nowhere", "argument")]
    [InlineData("diff notebooks notebooks", "holds no report.json")]
    [InlineData("verify nowhere", "nowhere: no such folder")]
    [InlineData("open nowhere", "report.html: is not there; run the report first")]
    [InlineData("serve --port many", "'many' is not a whole number")]
    [InlineData("serve --port 99999", "'99999' is not a whole number from 0 to 65535")]
    [InlineData("--only 07", "there are 01-sample")]
    [InlineData("--engine other", "there is no script notebooks/engine/other.csx")]
    [InlineData("--data /no/such/folder", "no such folder")]
    [InlineData("--out FgsmNotebooks.sln", "is a file")]
    [InlineData("-p unused", "-p unused: write name=value")]
    [InlineData("-p other=1", "no notebook of this run declares other; there are unused")]
    [InlineData("--parameter unused=1+", "-p unused=1+: this is no C# expression")]
    [InlineData("-p seed=7", "-p seed=7: use --seed")]
    [InlineData("--out notebooks", "holds 01-sample.ipynb")]
    [InlineData("--shard 3/2", "'3/2' is no share such as 2/16")]
    [InlineData("--shard 1/2 --format md", "--shard writes no report; give --format to merge")]
    [InlineData("--shard 1/2 --out notebooks", "holds 01-sample.ipynb, and no pieces of a run")]
    [InlineData("merge nowhere", "nowhere: holds no plan.json, so no shard")]
    [InlineData("status", "out.shards: holds no plan.json, so no shard")]
    [InlineData("jobs slurm", "--shards")]
    [InlineData("jobs slurm --shards 0", "'0' is not a whole number from 1")]
    [InlineData("jobs slurm --shards 2 --sedes 3", "Unrecognized command or argument '--sedes'")]
    [InlineData("jobs condor --shards 2", "jobs condor: there are slurm, parallel and kubernetes")]
    public void WrongArguments_GetOneLineAndExitCode2(string arguments, string expected)
    {
        checkout.AddSample();

        var (exit, output, error) = Run(arguments);

        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains(expected, error);
    }

    [Fact]
    public void List_NamesTheNotebooks()
    {
        checkout.AddSample();

        Assert.Equal((0, "01-sample  Title of 01-sample\n", ""), Run("--list"));
    }

    [Fact]
    public void FailingCell_GetsOneLineAndExitCode1()
    {
        checkout.AddSample("throw new Exception(\"out of luck\\nand more\");");

        var (exit, _, error) = Run("");

        Assert.Equal(1, exit);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains("out of luck", error);
    }

    [Fact]
    public void BrokenNotebook_GetsOneLineAndExitCode1()
    {
        File.WriteAllText(Path.Combine(checkout.Repository.Notebooks, "01-broken.ipynb"), "{");

        var (exit, _, error) = Run("");

        Assert.Equal(1, exit);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains("01-broken.ipynb", error);
    }

    [Fact]
    public void OddFilesAmongTheNotebooks_StopNothingElse()
    {
        checkout.AddSample();
        var notebooks = checkout.Repository.Notebooks;
        File.WriteAllText(Path.Combine(notebooks, "02-broken.ipynb"), "{");
        File.WriteAllText(Path.Combine(notebooks, "03-empty.ipynb"), "");
        Directory.CreateDirectory(Path.Combine(notebooks, "04-folder.ipynb"));
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(Path.Combine(notebooks, "05-nowhere.ipynb"), "nowhere");

        var (exit, output, error) = Run("--list");
        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("01-sample  Title of 01-sample\n", output);
        Assert.Matches("02-broken  \\(.*not a notebook.*\\)\n", output);
        Assert.Equal((0, ""), Run("--only 01") is var run ? (run.Exit, run.Error) : default);
        Assert.Equal((0, ""), Run("export --format md") is var export ? (export.Exit, export.Error) : default);
        Assert.Equal((0, ""), Run("verify report/out") is var verify ? (verify.Exit, verify.Error) : default);

        (exit, _, error) = Run("--only 02 --out other");
        Assert.Equal(1, exit);
        Assert.Contains("02-broken.ipynb: not a notebook", Assert.Single(error.TrimEnd('\n').Split('\n')));
    }

    [Fact]
    public void FullRun_InAPipe_PrintsPlainLines()
    {
        checkout.AddSample();

        var (exit, output, error) = Run("--out elsewhere");

        Assert.Equal((0, ""), (exit, error));
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("01-sample: done", output);
        Assert.True(File.Exists(Path.Combine(checkout.Repository.Root, "elsewhere", "report.html")));
    }

    [Fact]
    public void OutInTheCurrentFolder_LeavesTheShellInIt()
    {
        if (OperatingSystem.IsWindows())
            return;
        checkout.AddSample();
        Directory.CreateDirectory(checkout.Output);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"cd '{checkout.Output}' && dotnet '{typeof(ReportRun).Assembly.Location}' --out . >/dev/null && dotnet '{typeof(ReportRun).Assembly.Location}' export . >/dev/null && ls report.md"])
        {
            RedirectStandardOutput = true,
        })!;
        Wait(shell);

        Assert.Equal("report.md\n", shell.StandardOutput.ReadToEnd());
    }

    [Fact]
    public async Task Interrupt_EndsWithExitCode130AndNoReport()
    {
        if (OperatingSystem.IsWindows())
            return;
        checkout.AddSample("while (true) System.Threading.Thread.Sleep(10);");
        using var process = Start("", SigIntIsIgnored() ? ["env", "--default-signal=INT"] : []);
        // The endless cell is running.
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("cell 4 of 4"))
        {
        }

        Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
        var error = process.StandardError.ReadToEndAsync();
        Wait(process);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("stopped", await error);
        Assert.False(Directory.Exists(checkout.Output));
    }

    [Fact]
    public async Task Serve_SaysItsAddress_AndEndsWithCtrlC()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = Start("serve", SigIntIsIgnored() ? ["env", "--default-signal=INT"] : []);
        var line = await process.StandardOutput.ReadLineAsync();
        using var client = new HttpClient();

        Assert.Contains("/report.html", await client.GetStringAsync(System.Text.RegularExpressions.Regex.Match(line!, "http://127.0.0.1:[0-9]+/").Value));

        Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
        Wait(process);
        Assert.Equal((0, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
    }

    [Fact]
    public void Open_HandsThePageToTheSystem_AndWithoutABrowserSaysSo()
    {
        if (!OperatingSystem.IsLinux())
            return;
        checkout.AddSample();
        Assert.Equal(0, Run("--format html").Exit);
        var page = Path.Combine(checkout.Output, "report.html");
        var programs = Directory.CreateDirectory(Path.Combine(checkout.Repository.Root, "programs")).FullName;
        var xdgOpen = Path.Combine(programs, "xdg-open");

        // A xdg-open that finds no browser ends with 3.
        foreach (var (script, exit) in new[] { ($"echo \"$1\" > '{programs}/opened'", 0), ("echo w3m: not found >&2; exit 3", 1) })
        {
            File.WriteAllText(xdgOpen, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(xdgOpen, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
            var opened = Run("open", path: $"{programs}:{Environment.GetEnvironmentVariable("PATH")}");

            Assert.Equal(exit, opened.Exit);
            Assert.Equal(exit == 0 ? "" : $"fgsm-report: no browser could be started on this machine; open {page} in one.\n", opened.Error);
        }
        Assert.Equal(page, File.ReadAllText(Path.Combine(programs, "opened")).TrimEnd());
    }

    [Fact]
    public void Diff_FitsATerminalOf120Columns()
    {
        checkout.AddSample();
        Assert.Equal(0, Run("").Exit);
        Assert.Equal(0, Run("--seed 7 --out a/folder/whose/name/is/as/long/as/folders/of/experiments/sometimes/are").Exit);

        var (exit, output, _) = Run("diff report/out a/folder/whose/name/is/as/long/as/folders/of/experiments/sometimes/are");

        Assert.Equal(1, exit);
        Assert.Contains("s.seed", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    private (int Exit, string Output, string Error) Run(string arguments, string? path = null)
    {
        using var process = Start(arguments, path);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        Wait(process);
        return (process.ExitCode, output.Result.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }

    // A program that hangs fails its test instead of stopping all tests.
    private static void Wait(Process process)
    {
        if (process.WaitForExit(TimeSpan.FromMinutes(2)))
            return;
        process.Kill(entireProcessTree: true);
        Assert.Fail("The program did not end.");
    }

    // Under nohup, and in the background of a script, a program and its children are started with SIGINT ignored.
    private static bool SigIntIsIgnored()
    {
        const int sigInt = 2;
        const string status = "/proc/self/status", ignored = "SigIgn:";
        return File.Exists(status)
            && File.ReadLines(status).FirstOrDefault(line => line.StartsWith(ignored, StringComparison.Ordinal)) is { } line
            && (Convert.ToUInt64(line[ignored.Length..].Trim(), 16) & (1ul << (sigInt - 1))) != 0;
    }

    private Process Start(string arguments, params string[] starter) => Start(arguments, path: null, starter);

    private Process Start(string arguments, string? path, params string[] starter)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        string[] command = [.. starter, dotnet, typeof(ReportRun).Assembly.Location, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = checkout.Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (path is not null)
            start.Environment["PATH"] = path;
        return Process.Start(start)!;
    }
}
