using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace Fgsm.Report.Writing;

/// <summary>Prints an HTML page as PDF with an installed Chromium, Chrome or Edge, which shows no window and then ends.</summary>
internal static class PdfPrinter
{
    /// <summary>What to tell a user who has no browser.</summary>
    public const string Missing = "no Chromium, Chrome or Edge was found (apt-get install chromium, or google.com/chrome)";

    /// <summary>The browser's program file; null when none is installed in a usual place.</summary>
    public static string? FindBrowser()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"];
        string[] inWindows = [@"Google\Chrome\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe"];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] windows =
        [
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles),
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86),
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
        ];
        return onPath.SelectMany(folder => names.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") }))
            .Concat(windows.SelectMany(folder => inWindows.Select(inside => Path.Combine(folder, inside))))
            .Concat(
            [
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
            ])
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The page on A4 with page numbers.</summary>
    /// <param name="browser">The browser's program file.</param>
    /// <param name="html">An HTML file.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ReportException">The program does not start or does not answer.</exception>
    public static async Task<byte[]> PrintAsync(string browser, string html, CancellationToken cancellation)
    {
        try
        {
            await using var running = await Puppeteer.LaunchAsync(new LaunchOptions { ExecutablePath = browser, Args = Arguments() }).WaitAsync(cancellation);
            await using var stop = cancellation.Register(running.Dispose);
            await using var page = await running.NewPageAsync();
            await page.GoToAsync(new Uri(Path.GetFullPath(html)).AbsoluteUri);
            return await page.PdfDataAsync(new PdfOptions
            {
                Format = PaperFormat.A4,
                MarginOptions = new MarginOptions { Top = "18mm", Bottom = "18mm", Left = "18mm", Right = "18mm" },
                PrintBackground = true,
                DisplayHeaderFooter = true,
                HeaderTemplate = "<span></span>",
                FooterTemplate = "<div style='width:100%;text-align:center;font:8px sans-serif;color:#444'>"
                    + "<span class='pageNumber'></span> / <span class='totalPages'></span></div>",
            });
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception e) when (e is PuppeteerException or System.ComponentModel.Win32Exception or IOException or TimeoutException)
        {
            var why = e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
            throw new ReportException($"{browser}: does not work as a browser ({why}); leave out the format pdf.", e);
        }
    }

    // Chromium refuses its sandbox to root, as in a container; the page is our own.
    private static string[] Arguments() => ["--disable-dev-shm-usage", .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>()];
}
