using System.Diagnostics;

namespace Fgsm.Report.Running;

/// <summary>The checkout in which the program works.</summary>
/// <param name="Root">Its top folder.</param>
internal sealed record Repository(string Root)
{
    public string Notebooks => Path.Combine(Root, "notebooks");

    /// <summary>The scripts that pick an engine.</summary>
    public string Engines => Path.Combine(Notebooks, "engine");

    public string Templates => Path.Combine(Root, "report", "templates");

    /// <summary>What the reports published.</summary>
    public string Published => Path.Combine(Root, "data", "published");

    /// <summary>What the seeds of full runs gave.</summary>
    public string Seeds => Path.Combine(Root, "report", "seeds.json");

    public string Output => Path.Combine(Root, "report", "out");

    /// <summary>Where the shards of a run keep their pieces.</summary>
    public string Shards => Output + ".shards";

    /// <summary>The checkout around the current folder, else around the program.</summary>
    /// <exception cref="ReportException">Neither lies in a checkout.</exception>
    public static Repository Find() => new(
        Checkout.Folder
        ?? throw new ReportException($"{Directory.GetCurrentDirectory()}: no FgsmNotebooks.sln here or above; run this inside a checkout."));

    /// <summary>The commit that is checked out, marked when files differ from it; null where git or its data is not there.</summary>
    public string? Commit()
    {
        var commit = Git("rev-parse", "--short=12", "HEAD");
        return string.IsNullOrEmpty(commit) || string.IsNullOrEmpty(Git("status", "--porcelain", "--untracked-files=no"))
            ? commit
            : commit + ", with local changes";
    }

    private string? Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = git.StandardError.ReadToEndAsync();
            var answer = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
