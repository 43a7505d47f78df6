using System.Globalization;

namespace Fgsm.Report.Running;

/// <summary>
/// The folder of the report. The program replaces and removes only files that it wrote itself, which files.txt lists; a folder that
/// holds others is refused. A report is written into a folder inside, and its files are moved to their places when it is complete:
/// a run that fails or is killed leaves the earlier report whole, and the folder itself, or a link to it, stays.
/// </summary>
internal sealed class OutputFolder(string path)
{
    public const string Notebooks = "notebooks";

    private const string List = "files.txt", Staging = ".new-";

    private static readonly string[] Records = ["report.json", "values.json", "tables", "figures", Notebooks];

    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>A complete report whose files are not all in their places yet.</summary>
    private string Complete => At(".complete");

    /// <summary>
    /// Keeps other merges out of the folder until it is disposed: several machines may start one at the same moment. The system frees the
    /// lock of a process that is killed.
    /// </summary>
    /// <exception cref="ReportException">Another process has it, or the folder cannot be written.</exception>
    public IDisposable Lock()
    {
        FileStream? file = null;
        Guarded(() =>
        {
            Directory.CreateDirectory(Path);
            try
            {
                file = new FileStream(
                    At(".merging"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (File.Exists(At(".merging")))
            {
                throw new ReportException($"{Path}: another merge is at work here; wait for it.");
            }
        });
        return file!;
    }

    /// <summary>Finds out before the long run what would stop the writing after it.</summary>
    /// <exception cref="ReportException">The folder cannot be written, or holds what is not ours to replace.</exception>
    public void Check() => Guarded(() =>
    {
        var isNew = !Directory.Exists(Path);
        Directory.CreateDirectory(Path);
        try
        {
            Recover();
            RefuseForeignFiles();
            File.WriteAllText(At(Staging + "try"), "");
            File.Delete(At(Staging + "try"));
        }
        finally
        {
            if (isNew)
                Directory.Delete(Path);
        }
    });

    /// <summary>Lets <paramref name="write"/> fill a new folder, and puts it in the place of the earlier report.</summary>
    /// <exception cref="ReportException">The folder cannot be written.</exception>
    public async Task WriteAsync(Func<string, Task> write)
    {
        await GuardedAsync(async () =>
        {
            var isNew = !Directory.Exists(Path);
            var staging = Directory.CreateDirectory(At(Staging + Environment.ProcessId.ToString(CultureInfo.InvariantCulture))).FullName;
            try
            {
                await write(staging);
                string[] files = [.. Files(staging).Append(List).Order(StringComparer.Ordinal)];
                File.WriteAllLines(System.IO.Path.Combine(staging, List), files);
                // From here on the new report is the report: what is cut short now is finished by the next command.
                Directory.Move(staging, Complete);
                PutInPlace();
            }
            finally
            {
                if (Directory.Exists(staging))
                    Directory.Delete(staging, recursive: true);
                if (isNew && !Directory.EnumerateFileSystemEntries(Path).Any())
                    Directory.Delete(Path);
            }
        });
    }

    /// <summary>Finishes what a killed run left: moves a complete report to its place, and removes an incomplete one.</summary>
    public void Recover() => Guarded(() =>
    {
        if (!Directory.Exists(Path))
            return;
        if (Directory.Exists(Complete))
            PutInPlace();
        foreach (var prefix in new[] { Staging, LiveFolder.Prefix })
            foreach (var left in Directory.GetDirectories(Path, prefix + "*"))
                if (!IsOfARunningProcess(left, prefix) || left == At(prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
                    Directory.Delete(left, recursive: true);
    });

    /// <summary>Whether a folder whose name is a prefix and the number of a process belongs to one that runs.</summary>
    public static bool IsOfARunningProcess(string path, string prefix) =>
        int.TryParse(System.IO.Path.GetFileName(path)[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && IsRunning(process);

    /// <summary>The path of a file that this program wrote, named as in files.txt; null for any other name, and where a link lies on the way.</summary>
    public string? Find(string name)
    {
        if (!Written(Path).Contains(name))
            return null;
        var path = Path;
        foreach (var part in name.Split('/'))
        {
            path = System.IO.Path.Combine(path, part);
            if (part is "" or "." or ".." || System.IO.Path.GetFileName(path) != part || new FileInfo(path).LinkTarget is not null)
                return null;
        }
        return File.Exists(path) ? path : null;
    }

    /// <summary>The paths of all files that this program wrote into one of the folders in it.</summary>
    public IEnumerable<string> FindAll(string inside) => Written(Path).Where(name => name.StartsWith(inside + "/", StringComparison.Ordinal)).Select(Find).OfType<string>();

    /// <summary>Copies what a run recorded into another folder, with the written reports too or without.</summary>
    public static void Copy(string from, string to, bool withReports)
    {
        foreach (var relative in Files(from).Where(file => file != List && (withReports || Records.Contains(file.Split('/')[0]))))
        {
            var target = System.IO.Path.Combine(to, relative);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(System.IO.Path.Combine(from, relative), target);
        }
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private void RefuseForeignFiles()
    {
        var own = Written(Path);
        if (own.Count == 0 && File.Exists(At(Records[0])))
            throw Refused("a report of an earlier version of this program, which kept no list of its files; remove it, or");
        if (Files(Path).FirstOrDefault(file => !own.Contains(file) || new FileInfo(At(file)).LinkTarget is not null) is { } foreign)
            throw Refused($"{foreign}, which this program did not write;");
    }

    private ReportException Refused(string what) => new($"{Path}: holds {what} name another folder with --out.") { IsUsage = true };

    /// <summary>Moves the files of the complete report over those of the earlier one. Done again after a kill, it ends the same.</summary>
    private void PutInPlace()
    {
        // The list goes last: without it all the others are in their places, and only the folder is left.
        if (!File.Exists(System.IO.Path.Combine(Complete, List)))
        {
            Directory.Delete(Complete, recursive: true);
            return;
        }
        var (earlier, files) = (Written(Path), Written(Complete));
        foreach (var old in Files(Path).Where(file => earlier.Contains(file) && !files.Contains(file)).ToArray())
            Remove(old);
        // Until the list goes it names the files of the earlier report.
        foreach (var file in Files(Complete).OrderBy(file => file == List).ToArray())
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(file))!);
            // What came here during the run is not ours to replace.
            if (File.Exists(At(file)) && !earlier.Contains(file))
                File.Move(At(file), At(file) + ".kept");
            File.Move(System.IO.Path.Combine(Complete, file), At(file), overwrite: true);
        }
        Directory.Delete(Complete, recursive: true);
    }

    private void Remove(string file)
    {
        File.Delete(At(file));
        var folder = System.IO.Path.GetDirectoryName(At(file))!;
        if (folder != Path && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    private static HashSet<string> Written(string folder) =>
        System.IO.Path.Combine(folder, List) is var list && File.Exists(list) ? [.. File.ReadAllLines(list)] : [];

    /// <summary>The files and links of a folder and the folders in it, without hidden ones, as "tables/b.baseline.csv".</summary>
    private static IEnumerable<string> Files(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos()
        .Where(entry => !entry.Name.StartsWith('.'))
        .OrderBy(entry => entry.Name, StringComparer.Ordinal)
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null }
            ? Files(entry.FullName).Select(inside => $"{entry.Name}/{inside}")
            : [entry.Name]);

    private static bool IsRunning(int process)
    {
        try
        {
            System.Diagnostics.Process.GetProcessById(process).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
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
