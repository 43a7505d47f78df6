using Microsoft.Playwright;

namespace Fgsm.Report.Tests;

/// <summary>The page as a reader opens it: from a file, in a browser.</summary>
public sealed class HtmlPageTests : PageInBrowser
{
    private readonly List<string> requests = [], complaints = [];

    protected override void Write() => File.WriteAllText(Folder.File("report.html"), HtmlPage.Write(SampleDocument.Create(Folder)));

    [InteractiveFact]
    public async Task Figures_AnswerToThePointerAndTheLegend()
    {
        var page = await OpenAsync();
        var plots = page.Locator("figure.drawn .interactive");

        // Lines, bars, histogram, heat map; the image grid has nothing to point at.
        await Assertions.Expect(plots).ToHaveCountAsync(4);
        for (var i = 0; i < 4; i++)
        {
            var plot = plots.Nth(i);
            await Assertions.Expect(plot.Locator("xpath=..").Locator(".static")).ToBeHiddenAsync();
            await plot.ScrollIntoViewIfNeededAsync();
            var area = (await plot.Locator(".nsewdrag").First.BoundingBoxAsync())!;
            var tip = plot.Locator(".hoverlayer .hovertext").First;
            // Somewhere on a path through the plot there is something to point at.
            for (var step = 1; step < 60 && await tip.CountAsync() == 0; step++)
            {
                await page.Mouse.MoveAsync(area.X + area.Width * step / 60, area.Y + area.Height * (0.25f + step % 6 * 0.1f));
                await Task.Delay(60);
            }
            await Assertions.Expect(tip).ToBeVisibleAsync();
            await page.Mouse.MoveAsync(0, 0);
        }

        for (var i = 0; i < 2; i++)
        {
            var handle = plots.Nth(i);
            await handle.Locator(".legendtoggle").Last.ClickAsync();
            await page.WaitForFunctionAsync("plot => plot._fullData.filter(trace => trace.visible === 'legendonly').length === 1", await handle.ElementHandleAsync());
        }
        Assert.Empty(complaints);
        Assert.Equal([Address], requests);
    }

    [InteractiveFact]
    public async Task HostileText_IsShown_AndDoesNothing()
    {
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator("figure.drawn")).ToHaveCountAsync(4);

        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window"));
        var links = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))");
        Assert.Equal(["https://example.org/a_b?c=1&d=2#e"], links.Where(link => !link.StartsWith('#')).Distinct());
        foreach (var link in links.Where(link => link.StartsWith('#')))
            Assert.True(await page.EvaluateAsync<bool>("id => document.getElementById(id) !== null", link[1..]), link);
        Assert.Equal(["data:"], await page.EvaluateAsync<string[]>("[...document.querySelectorAll('img')].map(image => image.src.slice(0, 5))"));
        Assert.Contains("<script>window.hacked=1</script>", await page.Locator(".legendtext").First.TextContentAsync());
        Assert.Equal([Address], requests);
    }

    [BrowserFact]
    public async Task WithoutJavaScript_TheStaticFiguresAreShown()
    {
        var page = await OpenAsync(new() { JavaScriptEnabled = false });

        Assert.Equal(4, await page.Locator(".static > svg").CountAsync());
        foreach (var figure in await page.Locator(".static > svg").AllAsync())
            await Assertions.Expect(figure).ToBeVisibleAsync();
        Assert.Equal([Address], requests);
    }

    [BrowserFact]
    public async Task OnPaper_TheStaticFiguresAreShown()
    {
        var page = await OpenAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });

        foreach (var figure in await page.Locator(".static > svg").AllAsync())
            await Assertions.Expect(figure).ToBeVisibleAsync();
        foreach (var plot in await page.Locator(".interactive").AllAsync())
            await Assertions.Expect(plot).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task At375Pixels_ThePageDoesNotScrollSideways()
    {
        foreach (var script in new[] { true, false })
        {
            var page = await OpenAsync(new() { JavaScriptEnabled = script, ViewportSize = new() { Width = 375, Height = 800 } });
            if (script && HtmlPage.IsInteractive)
                await Assertions.Expect(page.Locator("figure.drawn")).ToHaveCountAsync(4);

            await page.Mouse.WheelAsync(400, 0);
            var right = await page.Locator("main").BoundingBoxAsync();

            Assert.Equal((0f, 375f), (right!.X, right.Width));
            if (script)
                Assert.Equal(375, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [BrowserFact]
    public async Task InTheDark_ThePageIsDark_AndByDayLight()
    {
        var page = await OpenAsync();
        foreach (var (scheme, colour) in new[] { (ColorScheme.Light, "rgb(255, 255, 255)"), (ColorScheme.Dark, "rgb(20, 24, 29)") })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Assertions.Expect(page.Locator("body")).ToHaveCSSAsync("background-color", colour);
        }
    }

    private Task<IPage> OpenAsync(BrowserNewContextOptions? options = null) => OpenAsync(options, page =>
    {
        requests.Clear();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal))
                requests.Add(request.Url);
        };
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
    });
}
