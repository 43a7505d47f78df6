using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Fgsm.Report;

/// <summary>
/// A Chromium, Chrome or Edge without a window, which prints pages and takes pictures of them. It is told what to do in Chrome's
/// DevTools protocol: the packages that speak it bring a browser or a driver of hundreds of megabytes along.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>What to tell a user who has none.</summary>
    public const string Missing = "no Chromium, Chrome or Edge was found (apt-get install chromium, or google.com/chrome)";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process process;
    private readonly string profile;
    private readonly ClientWebSocket socket = new();
    private readonly List<JsonNode> events = [];
    private string? session;
    private int lastId;

    private Browser(Process process, string profile) => (this.process, this.profile) = (process, profile);

    /// <summary>The program's file; null when none is installed in a usual place.</summary>
    public static string? Find()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] windows = [Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)];
        return onPath.SelectMany(folder => names.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") }))
            .Concat(windows.SelectMany(folder => new[] { @"Google\Chrome\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe" }.Select(inside => Path.Combine(folder, inside))))
            .Concat(["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "/Applications/Chromium.app/Contents/MacOS/Chromium"])
            .FirstOrDefault(File.Exists);
    }

    /// <exception cref="ReportException">The program does not start or does not answer.</exception>
    public static async Task<Browser> StartAsync(string program, CancellationToken cancellation)
    {
        var profile = Directory.CreateTempSubdirectory("fgsm-report-browser-").FullName;
        var start = new ProcessStartInfo(program, ["--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-first-run", "--disable-extensions", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // Chromium refuses its sandbox to root, as in a container; the pages are our own.
        if (Environment.UserName == "root")
            start.ArgumentList.Add("--no-sandbox");
        start.ArgumentList.Add("about:blank");
        try
        {
            var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            var browser = new Browser(process, profile);
            try
            {
                await browser.ConnectAsync(cancellation);
                return browser;
            }
            catch
            {
                await browser.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is Win32Exception or WebSocketException or IOException)
        {
            throw Failed(program, e.Message, e);
        }
    }

    /// <summary>The page on paper: A4 with page numbers, or what the page itself asks for.</summary>
    /// <param name="file">An HTML file.</param>
    /// <param name="ownSize">True to take the size from the page's style sheet.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<byte[]> PrintAsync(string file, bool ownSize, CancellationToken cancellation)
    {
        await OpenAsync(file, cancellation);
        var options = new JsonObject { ["printBackground"] = true, ["preferCSSPageSize"] = ownSize };
        if (!ownSize)
        {
            (options["paperWidth"], options["paperHeight"]) = (210 / 25.4, 297 / 25.4);
            (options["marginTop"], options["marginBottom"], options["marginLeft"], options["marginRight"]) = (0.7, 0.7, 0.7, 0.7);
            options["displayHeaderFooter"] = true;
            options["headerTemplate"] = "<span></span>";
            options["footerTemplate"] = "<div style='width:100%;text-align:center;font:8px sans-serif;color:#444'><span class='pageNumber'></span> / <span class='totalPages'></span></div>";
        }
        return await BytesAsync("Page.printToPDF", options, cancellation);
    }

    /// <summary>A picture (PNG) of the page's upper left part, two pixels for each of the page's.</summary>
    public async Task<byte[]> PictureAsync(string file, double width, double height, CancellationToken cancellation)
    {
        await OpenAsync(file, cancellation);
        return await BytesAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true, ["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = height, ["scale"] = 2 } }, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        // Its last child may still be writing.
        for (var attempt = 0; attempt < 20 && Directory.Exists(profile); attempt++)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(100);
            }
        }
    }

    private static ReportException Failed(string program, string why, Exception? inner = null) => new($"{program}: does not work as a browser ({why.ReplaceLineEndings(" ").TrimEnd('.')}); leave out the formats pdf, latex and docx.", inner);

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var file = Path.Combine(profile, "DevToolsActivePort");
        var patience = Stopwatch.StartNew();
        string[] lines = [];
        while (lines.Length < 2)
        {
            if (process.HasExited)
                throw Failed(process.StartInfo.FileName, string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {process.ExitCode}"));
            if (patience.Elapsed > Patience)
                throw Failed(process.StartInfo.FileName, "it does not answer");
            await Task.Delay(50, cancellation);
            lines = File.Exists(file) ? await File.ReadAllLinesAsync(file, cancellation) : [];
        }
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), cancellation);
        var target = await AskAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancellation);
        var attached = await AskAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }, cancellation);
        session = (string)attached["sessionId"]!;
        await AskAsync("Page.enable", [], cancellation);
    }

    private async Task OpenAsync(string file, CancellationToken cancellation)
    {
        events.Clear();
        await AskAsync("Page.navigate", new JsonObject { ["url"] = new Uri(Path.GetFullPath(file)).AbsoluteUri }, cancellation);
        while (!events.Any(e => (string?)e["method"] == "Page.loadEventFired"))
            events.Add(await ReceiveAsync(cancellation));
    }

    private async Task<byte[]> BytesAsync(string method, JsonObject parameters, CancellationToken cancellation) =>
        Convert.FromBase64String((string)(await AskAsync(method, parameters, cancellation))["data"]!);

    /// <summary>Sends a command and waits for its answer; what happens meanwhile is kept in <see cref="events"/>.</summary>
    private async Task<JsonNode> AskAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = ++lastId;
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
            command["sessionId"] = session;
        await socket.SendAsync(Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, true, cancellation);
        while (true)
        {
            var message = await ReceiveAsync(cancellation);
            if ((int?)message["id"] != id)
                events.Add(message);
            else if (message["error"] is { } error)
                throw Failed(process.StartInfo.FileName, $"{method}: {(string?)error["message"]}");
            else
                return message["result"]!;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        try
        {
            WebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer, limit.Token);
                message.Write(buffer, 0, received.Count);
            }
            while (!received.EndOfMessage);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed(process.StartInfo.FileName, "it does not answer");
        }
        catch (WebSocketException e)
        {
            throw Failed(process.StartInfo.FileName, e.Message, e);
        }
        return JsonNode.Parse(message.ToArray()) ?? throw Failed(process.StartInfo.FileName, "an empty answer");
    }
}
