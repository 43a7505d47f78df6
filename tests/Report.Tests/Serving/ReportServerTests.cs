using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Fgsm.Report.Tests;

/// <summary>The page that shows a report, asked as browsers ask, and as those who want more than it shows.</summary>
public sealed class ReportServerTests : IAsyncLifetime
{
    private const string Secret = "not for others";

    private readonly TemporaryFolder folder = new();
    private ReportServer server = null!;
    private HttpClient client = null!;

    private string Report => folder.File("report");

    public async Task InitializeAsync()
    {
        await new OutputFolder(Report).WriteAsync(staging =>
        {
            File.WriteAllText(Path.Combine(staging, "report.html"), "<p>The report</p>");
            Directory.CreateDirectory(Path.Combine(staging, "tables"));
            File.WriteAllText(Path.Combine(staging, "tables", "a.csv"), "a,b");
            Samples.Executed(new ResultRecord("a.b", 1.0)).Save(Path.Combine(Directory.CreateDirectory(Path.Combine(staging, "notebooks")).FullName, "01-sample.ipynb"));
            return Task.CompletedTask;
        });
        File.WriteAllText(folder.File("secret.txt"), Secret);
        server = await ReportServer.StartAsync(Report, port: 0);
        client = new HttpClient { BaseAddress = server.Address };
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Page_ShowsTheReport_ItsFiles_AndItsNotebooks()
    {
        Assert.Contains("src=\"/report.html\"", await client.GetStringAsync("/"));
        Assert.Equal("<p>The report</p>", await client.GetStringAsync("/report.html"));
        Assert.Equal("text/csv", (await client.GetAsync("/tables/a.csv")).Content.Headers.ContentType!.MediaType);
        Assert.Contains("<pre>", await client.GetStringAsync("/notebook/01-sample"));
    }

    [Fact]
    public void Server_ListensOnTheLoopbackAddressOnly_OnAFreePort()
    {
        Assert.Equal("127.0.0.1", server.Address.Host);
        Assert.NotEqual(0, server.Address.Port);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:PORT")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.evil.example:PORT")]
    [InlineData("localhost:1")]
    [InlineData("")]
    public async Task AnyOtherHost_IsRefused(string host)
    {
        foreach (var path in new[] { "/", "/report.html", "/events" })
        {
            var answer = await AskAsync($"GET {path} HTTP/1.1\r\nHost: {host.Replace("PORT", $"{server.Address.Port}")}\r\nConnection: close\r\n\r\n");

            Assert.Matches("^HTTP/1.1 4(21|00) ", answer);
            Assert.DoesNotContain("The report", answer);
        }
    }

    [Fact]
    public async Task Localhost_IsAnswered() =>
        Assert.Contains("The report", await AskAsync($"GET /report.html HTTP/1.1\r\nHost: localhost:{server.Address.Port}\r\nConnection: close\r\n\r\n"));

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/tables/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("//secret.txt")]
    [InlineData("/notebook/../../secret")]
    [InlineData("/notebook/%2e%2e%2fsecret")]
    [InlineData("/link.txt")]
    [InlineData("/linked/secret.txt")]
    [InlineData("/listed/../../secret.txt")]
    [InlineData("/unlisted.txt")]
    [InlineData("/.hidden.txt")]
    public async Task FileOutsideTheReport_IsNotServed_AndNeitherIsOneThatTheProgramDidNotWrite(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(Path.Combine(Report, "link.txt"), folder.File("secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Report, "linked"), folder.Path);
        File.WriteAllText(Path.Combine(Report, "unlisted.txt"), Secret);
        File.WriteAllText(Path.Combine(Report, ".hidden.txt"), Secret);
        // Not even where the list was tampered with.
        File.AppendAllLines(Path.Combine(Report, "files.txt"), ["link.txt", "linked/secret.txt", "../secret.txt", "/secret.txt", "listed/../../secret.txt", folder.File("secret.txt")]);

        var answer = await AskAsync($"GET {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 4(04|00) ", answer);
        Assert.DoesNotContain(Secret, answer);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task AnyOtherMethod_IsRefused(string method) =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.SendAsync(new HttpRequestMessage(new(method), "/report.html"))).StatusCode);

    [Fact]
    public async Task Events_TellARunAsItGoes_AndThatTheReportIsNew()
    {
        using var events = new StreamReader(await client.GetStreamAsync("/events"));
        var before = await NextAsync(events);
        Assert.Contains("/notebook/01-sample", (string?)before["html"]);
        Assert.DoesNotContain("<progress", (string?)before["html"]);

        using (var live = new LiveFolder(Report, TimeProvider.System))
        {
            live.NotebookStarted("02-running", new Notebook());
            live.Progressed(new Progress("baseline", 1, 2, 5, 10, 0.5, 90));
            live.Show("02-running", "cell 3 of 4: <b>", "baseline: epoch 1 of 2", 0.25);
            var during = await NextAsync(events, html => html.Contains("<progress"));

            Assert.Contains("cell 3 of 4: &lt;b&gt;", (string?)during["html"]);
            Assert.Contains("<progress value=\"0.25\"></progress> baseline: epoch 1 of 2", (string?)during["html"]);
            Assert.Contains("baseline: 0.5, 90</title>", (string?)during["html"]);
            Assert.Contains("/notebook/02-running", (string?)during["html"]);
            Assert.Contains("Notebook", await client.GetStringAsync("/notebook/02-running"));
        }

        var after = await NextAsync(events, html => !html.Contains("<progress"));
        Assert.Equal((long)before["versions"]!["/report.html"]!, (long)after["versions"]!["/report.html"]!);
        File.SetLastWriteTimeUtc(Path.Combine(Report, "report.html"), DateTime.UtcNow.AddMinutes(1));
        Assert.NotEqual((long)before["versions"]!["/report.html"]!, (long)(await NextAsync(events))["versions"]!["/report.html"]!);
    }

    [Fact]
    public async Task End_DoesNotWaitForOpenPages()
    {
        using var events = new StreamReader(await client.GetStreamAsync("/events"));
        await NextAsync(events);

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync("/"));
    }

    [Fact]
    public async Task TakenPort_IsSaidInOneLine()
    {
        var e = await Assert.ThrowsAsync<ReportException>(() => ReportServer.StartAsync(Report, server.Address.Port));

        Assert.StartsWith($"--port {server.Address.Port}: cannot be listened on", e.Message);
        Assert.True(e.IsUsage);
    }

    [BrowserFact]
    public async Task Page_InABrowser_ShowsTheReport_AndRenewsIt()
    {
        using var playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = PdfPrinter.FindBrowser(), Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(90_000);
        await page.GotoAsync(server.Address.AbsoluteUri);
        await page.FrameLocator("iframe").GetByText("The report").WaitForAsync();
        await page.GetByText("01-sample").WaitForAsync();

        File.WriteAllText(Path.Combine(Report, "report.html"), "<p>Another</p>");

        await page.FrameLocator("iframe").GetByText("Another").WaitForAsync();
    }

    private static async Task<JsonNode> NextAsync(StreamReader events, Func<string, bool>? html = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await events.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonNode.Parse(line["data: ".Length..])! is var data && html?.Invoke((string)data["html"]!) is not false)
                return data;
        }
        throw new EndOfStreamException();
    }

    // Byte for byte: a client would tidy the path up before it asks.
    private async Task<string> AskAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
