using System.ComponentModel;
using System.Diagnostics;

namespace Fgsm.Report.Running;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a page with the program that the system has for it: start, open or xdg-open.</summary>
    /// <param name="page">A file, or the address of a page.</param>
    /// <param name="cancellation">Stops the wait for that program, not the browser.</param>
    /// <exception cref="ReportException">There is no such program, or it found no browser.</exception>
    public static async Task OpenAsync(string page, CancellationToken cancellation)
    {
        try
        {
            using var opening = Process.Start(OperatingSystem.IsWindows()
                ? new ProcessStartInfo(page) { UseShellExecute = true }
                // What it says of each browser that is not there is for nobody.
                : new ProcessStartInfo("sh", ["-c", $"exec {(OperatingSystem.IsMacOS() ? "open" : "xdg-open")} \"$1\" >/dev/null 2>&1", "sh", page]));
            if (opening is null || OperatingSystem.IsWindows())
                return;
            // It hands the page over and ends; one that goes on is the browser itself.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(5));
            await opening.WaitForExitAsync(patience.Token);
            if (opening.ExitCode != 0)
                throw Missing(page);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
        catch (Win32Exception e)
        {
            throw Missing(page, e);
        }
    }

    private static ReportException Missing(string page, Exception? e = null) =>
        new($"no browser could be started on this machine; open {page} in one.", e);
}
