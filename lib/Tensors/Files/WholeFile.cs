using System.Diagnostics;
using System.Globalization;

namespace Fgsm.Tensors.Files;

/// <summary>
/// Writes a file under a temporary name of its own and renames it: a reader sees all of it, or the file before; savers of one file do
/// not meet; after an error nothing is left. What a killed process left is removed by the next save of that file.
/// </summary>
internal static class WholeFile
{
    /// <param name="path">A symbolic link stays one: its target is written.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var link = new FileInfo(path);
        var file = link.LinkTarget is null ? link.FullName : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        RemoveLeftovers(file);
        var temporary = $"{Mine(file)}{Environment.ProcessId}-{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, file, overwrite: true);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // What .NET makes of EFBIG.
            throw new IOException("the file is too large for the file system", e);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    /// <summary>How the temporary names of this machine's processes begin; other machines may share the folder.</summary>
    private static string Mine(string file) => $"{file}.{Environment.MachineName}-";

    private static void RemoveLeftovers(string file)
    {
        var start = Path.GetFileName(Mine(file));
        foreach (var left in new DirectoryInfo(Path.GetDirectoryName(file) ?? file).EnumerateFiles("*.tmp").Where(
            f => f.Name.StartsWith(start, StringComparison.Ordinal)))
            if (int.TryParse(left.Name[start.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var process) && !IsRunning(process))
                left.Delete();
    }

    private static bool IsRunning(int process) => process == Environment.ProcessId || Process.GetProcesses().Any(p => p.Id == process);
}
