namespace Fgsm.Report;

/// <summary>
/// The folder of the report. It is written beside its place and then renamed into it, so that a run which fails or is
/// killed leaves the earlier report whole.
/// </summary>
internal sealed class OutputFolder(string path)
{
    public const string Notebooks = "notebooks";

    private static readonly string[] Records = ["report.json", "values.json", "tables", "figures", Notebooks];
    private static readonly string[] Reports = ["report.md", "report.html", "report.tex", "report.pdf", "report.docx"];

    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    private string Previous => Path + ".previous";

    /// <summary>Finds out before the long run what would stop the writing after it.</summary>
    /// <exception cref="ReportException">The folder cannot be written, or holds what is not ours to replace.</exception>
    public void Check() => Guarded(() =>
    {
        if (Directory.Exists(Previous) && !Directory.Exists(Path))
            Directory.Move(Previous, Path);
        if (Directory.Exists(Path) && Directory.GetFileSystemEntries(Path).FirstOrDefault(entry => !Records.Concat(Reports).Contains(System.IO.Path.GetFileName(entry))) is { } foreign)
            throw new ReportException($"{Path}: holds {System.IO.Path.GetFileName(foreign)}, which is no part of a report, and would be replaced; name another folder.") { IsUsage = true };
        Directory.Delete(Staging());
    });

    /// <summary>Lets <paramref name="write"/> fill a new folder, and puts it in the place of the earlier report.</summary>
    /// <exception cref="ReportException">The folder cannot be written.</exception>
    public async Task WriteAsync(Func<string, Task> write)
    {
        await GuardedAsync(async () =>
        {
            var staging = Staging();
            try
            {
                await write(staging);
                if (Directory.Exists(Previous))
                    Directory.Delete(Previous, recursive: true);
                if (Directory.Exists(Path))
                    Directory.Move(Path, Previous);
                Directory.Move(staging, Path);
            }
            finally
            {
                if (Directory.Exists(staging))
                    Directory.Delete(staging, recursive: true);
            }
            if (Directory.Exists(Previous))
                Directory.Delete(Previous, recursive: true);
        });
    }

    /// <summary>Copies what a run recorded into another folder, with the written reports too or without.</summary>
    public static void Copy(string from, string to, bool withReports)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = System.IO.Path.GetRelativePath(from, file);
            var top = relative.Split(System.IO.Path.DirectorySeparatorChar)[0];
            if (!Records.Contains(top) && !(withReports && Reports.Contains(top)))
                continue;
            var target = System.IO.Path.Combine(to, relative);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private string Staging()
    {
        var staging = $"{Path}.new-{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        return staging;
    }

    private void Guarded(Action action) => GuardedAsync(() =>
    {
        action();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private async Task GuardedAsync(Func<Task> action)
    {
        try
        {
            if (File.Exists(Path))
                throw new ReportException($"{Path}: is a file, not a folder; name another with --out.") { IsUsage = true };
            await action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"{Path}: cannot be written ({e.Message.TrimEnd('.')}); name another folder with --out.", e);
        }
    }
}
