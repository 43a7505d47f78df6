using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Fgsm.Report.Serving;

/// <summary>
/// Shows a report's folder to the browsers of this machine, on a page that renews itself while a run goes on. It serves only the files
/// that the report program wrote, and answers only to the names of the loopback address.
/// </summary>
internal sealed class ReportServer : IAsyncDisposable
{
    private const string Static = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".md"] = "text/plain; charset=utf-8",
        [".txt"] = "text/plain; charset=utf-8",
        [".csv"] = "text/csv; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".pdf"] = "application/pdf",
    };

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication application;
    private readonly OutputFolder folder;

    private ReportServer(OutputFolder folder, WebApplication application) => (this.folder, this.application) = (folder, application);

    /// <summary>The page's address: http://127.0.0.1:PORT/.</summary>
    public Uri Address => new(application.Urls.Single());

    /// <summary>Starts to listen.</summary>
    /// <param name="folder">The report's folder; it may be empty as yet.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <exception cref="ReportException">The port is taken.</exception>
    public static async Task<ReportServer> StartAsync(string folder, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var server = new ReportServer(new OutputFolder(folder), builder.Build());
        server.application.Run(server.AnswerAsync);
        try
        {
            await server.application.StartAsync();
            return server;
        }
        catch (IOException e)
        {
            await server.DisposeAsync();
            throw new ReportException($"--port {port}: cannot be listened on ({e.Message.TrimEnd('.')}); leave it out for any free one.", e) { IsUsage = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // A page of another site, whose name was made to lead to this machine (DNS rebinding), asks with that name.
        if (request.Host.Value != $"127.0.0.1:{Address.Port}" && request.Host.Value != $"localhost:{Address.Port}")
            await SendAsync(response, StatusCodes.Status421MisdirectedRequest, $"This server is {Address} and has no other name.\n");
        else if (!HttpMethods.IsGet(request.Method))
            await SendAsync(response, StatusCodes.Status405MethodNotAllowed, "This server only shows.\n");
        else if (request.Path.Value is "/")
            await SendAsync(response, StatusCodes.Status200OK, LivePage.Write(), Types[".html"],
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
                + "frame-src 'self'; frame-ancestors 'none'");
        else if (request.Path.Value is "/events")
            await SendEventsAsync(context);
        else if (request.Path.Value is ['/', 'n', 'o', 't', 'e', 'b', 'o', 'o', 'k', '/', .. var name]
            && Notebooks().GetValueOrDefault(name) is { } notebook)
            await SendAsync(response, StatusCodes.Status200OK, NotebookPage.Write(Notebook.Load(notebook)), Types[".html"], Static);
        else if (request.Path.Value is ['/', .. var file]
            && folder.Find(file) is { } path && Types.GetValueOrDefault(Path.GetExtension(path)) is { } type)
            await SendFileAsync(response, path, type);
        else
            await SendAsync(
                response, StatusCodes.Status404NotFound, request.Path.Value is "/report.html" ? "There is no report yet.\n" : "There is no such page.\n");
    }

    /// <summary>The notebooks that can be shown, by name: those of the run that goes on, and those of the report.</summary>
    private SortedDictionary<string, string> Notebooks()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in folder.FindAll(OutputFolder.Notebooks).Concat(LiveFolder.NotebooksOf(folder.Path)))
            all[Path.GetFileNameWithoutExtension(path)] = path;
        return all;
    }

    private static Task SendAsync(HttpResponse response, int status, string text, string type = "text/plain; charset=utf-8", string policy = Static)
    {
        (response.StatusCode, response.ContentType) = (status, type);
        response.Headers.ContentSecurityPolicy = policy;
        return response.WriteAsync(text);
    }

    private static Task SendFileAsync(HttpResponse response, string path, string type)
    {
        response.ContentType = type;
        // The report's page brings its own policy.
        response.Headers.ContentSecurityPolicy = Path.GetExtension(path) == ".html" ? "frame-ancestors 'self'" : Static;
        return response.SendFileAsync(path);
    }

    /// <summary>Server-sent events: the status above the report and the versions of the pages, whenever one changes.</summary>
    private async Task SendEventsAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, application.Lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        try
        {
            for (var shown = ""; ; await Task.Delay(Pause, end.Token))
            {
                var state = State();
                if (state == shown)
                    continue;
                await context.Response.WriteAsync($"data: {state}\n\n", Encoding.UTF8, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
                shown = state;
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the server ends.
        }
    }

    private string State()
    {
        var notebooks = Notebooks();
        var versions = notebooks.ToDictionary(notebook => $"/notebook/{notebook.Key}", notebook => File.GetLastWriteTimeUtc(notebook.Value).Ticks);
        versions["/report.html"] = folder.Find("report.html") is { } report ? File.GetLastWriteTimeUtc(report).Ticks : 0;
        return JsonSerializer.Serialize(new { html = LivePage.Status(notebooks.Keys, LiveFolder.Read(folder.Path)), versions });
    }
}
