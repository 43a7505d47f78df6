using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace Fgsm.Kernel.Tests.Clients;

/// <summary>The classic Notebook server, used as a reader uses it: in a browser, cell by cell.</summary>
public sealed class NotebookServerTests : IDisposable
{
    private readonly InstalledKernel _kernel = new();
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose() => _kernel.Dispose();

    [BrowserFact]
    public async Task Notebook_InABrowser_ShowsTableFigureAndMovingProgress_AndInterrupts()
    {
        var notebook = new Notebook();
        notebook.Metadata["kernelspec"]!["name"] = InstalledKernel.Name;
        string[] cells =
        [
            "new[] { new { Eps = 0.1, Accuracy = 91.68 } }",
            // The classic Notebook knows no Plotly: of a figure it shows the static picture that comes with the chart.
            $"""
            #r "{ProjectNotebookTests.Checkout}/lib/Results/bin/Release/net10.0/Fgsm.Results.dll"
            using Fgsm.Results;
            using Fgsm.Results.Figures;
            Displays.Register();
            new LineChart("A curve", "eps", "accuracy").Add("ours", [0, 1], [99, 50])
            """,
            "var bar = display(\"at 0\");\nfor (var i = 1; i <= 10; i++) { await Task.Delay(200); bar.Update($\"at {i}\"); }",
            "var kept = 5;\nwhile (true) { }",
            "kept * 2",
        ];
        foreach (var (source, i) in cells.Select((source, i) => (source, i)))
            notebook.Cells.Add(new NotebookCell(CellKind.Code, $"c{i}", source));
        notebook.Save(Path.Combine(_kernel.Folder, "browser.ipynb"));

        var port = FreePort();
        using var server = Start(port);
        try
        {
            await AnswersAsync(port);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserFactAttribute.Chromium, Args = ["--no-sandbox"] });
            var page = await browser.NewPageAsync();
            page.SetDefaultTimeout(90_000);
            page.Console += (_, message) => _log.Enqueue($"page: {message.Text}");
            page.PageError += (_, error) => _log.Enqueue($"page: {error}");
            page.RequestFailed += (_, request) => _log.Enqueue($"page: {request.Url}: {request.Failure}");
            await OpenAsync(page, $"http://127.0.0.1:{port}/notebooks/browser.ipynb");
            await page.Locator(".cell").First.ClickAsync();

            await page.Keyboard.PressAsync("Shift+Enter");
            await Assertions.Expect(Output(page, 0).Locator("table td").Last).ToHaveTextAsync("91.68", new() { Timeout = 90_000 });
            await page.Keyboard.PressAsync("Shift+Enter");
            var picture = Output(page, 1).Locator("img[src^='data:image/png']");
            await picture.WaitForAsync();
            Assert.InRange(await picture.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"), 100, 10_000);
            Assert.Equal(0, await Output(page, 1).Locator(".js-plotly-plot, .output_text").CountAsync());

            await page.Keyboard.PressAsync("Shift+Enter");
            var seen = new HashSet<string>();
            while (!seen.Contains("at 10"))
            {
                await Output(page, 2).Locator(".output_area pre").WaitForAsync();
                seen.Add((await Output(page, 2).InnerTextAsync()).Trim());
                await Task.Delay(50);
            }
            Assert.True(seen.Count > 2, string.Join(", ", seen));
            Assert.All(seen, text => Assert.Matches(@"^at \d+$", text));

            await page.Keyboard.PressAsync("Shift+Enter");
            await page.WaitForSelectorAsync(".kernel_busy_icon");
            await page.Locator("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").ClickAsync();
            await Assertions.Expect(Output(page, 3)).ToContainTextAsync("interrupted", new() { Timeout = 90_000 });
            await page.Locator(".cell").Last.ClickAsync();
            await page.Keyboard.PressAsync("Shift+Enter");
            await Assertions.Expect(Output(page, 4)).ToContainTextAsync("10", new() { Timeout = 90_000 });
        }
        catch (Exception e) when (e is TimeoutException or PlaywrightException)
        {
            throw new InvalidOperationException(string.Join('\n', _log.Prepend(e.Message)), e);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    // Seen once: the page never said that the kernel is idle. A reader would load it again; where that does not help, what was logged is shown.
    private async Task OpenAsync(IPage page, string address)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await page.GotoAsync(address);
                await page.WaitForSelectorAsync(".kernel_idle_icon");
                return;
            }
            catch (TimeoutException) when (attempt < 3)
            {
                _log.Enqueue($"attempt {attempt}: the kernel is not idle");
            }
        }
    }

    private static ILocator Output(IPage page, int cell) => page.Locator(".code_cell").Nth(cell).Locator(".output_wrapper");

    private Process Start(int port)
    {
        var start = new ProcessStartInfo(
            JupyterFactAttribute.Python,
            ["-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", $"--port={port}", "--NotebookApp.token=", $"--notebook-dir={_kernel.Folder}"]);
        start.Environment["JUPYTER_PATH"] = Path.Combine(_kernel.Folder, "share", "jupyter");
        start.Environment["JUPYTER_CONFIG_DIR"] = Path.Combine(_kernel.Folder, "config");
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task AnswersAsync(int port)
    {
        using var http = new HttpClient();
        for (var i = 0; ; i++)
        {
            try
            {
                (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api"))).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (i < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
