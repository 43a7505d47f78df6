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
    [InlineData("--only 07", "there are 01-sample")]
    [InlineData("--engine other", "there is no script notebooks/engine/other.csx")]
    [InlineData("--data /no/such/folder", "no such folder")]
    [InlineData("--out FgsmNotebooks.sln", "is a file")]
    [InlineData("--out notebooks", "holds 01-sample.ipynb")]
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

    private (int Exit, string Output, string Error) Run(string arguments)
    {
        using var process = Start(arguments);
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

    private Process Start(string arguments, params string[] starter)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        string[] command = [.. starter, dotnet, typeof(ReportRun).Assembly.Location, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = checkout.Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
